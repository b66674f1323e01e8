"""Many shops in one go: each on its own, and one that fails does not stop the rest."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from crqkit.base import CrqkitError, DataProblem, Fault
from crqkit.report.compose import among_exports, target_of


@dataclass
class Round:
    """What became of a round: how many folders were done, what was wrong with the others, whether it was stopped.

    `unforeseen` is the first error that nobody thought of; it is for the caller to raise, once all else is told.
    """

    made: int = 0
    problems: list[CrqkitError] = field(default_factory=list)
    stopped: bool = False
    unforeseen: Exception | None = None


def go_round(folders: Sequence[Path], act: Callable[[Path], None]) -> Round:
    """Do `act` with one folder after the other; what is wrong with one is kept for the end, Ctrl-C ends the round.

    >>> def act(folder):
    ...     if folder.name == "b":
    ...         raise DataProblem(Fault("no sales in it", "Look again.", "x.csv"))
    >>> outcome = go_round([Path("a"), Path("b"), Path("c")], act)
    >>> outcome.made, str(outcome.problems[0].faults[0])
    (2, 'b/x.csv: no sales in it. Look again.')
    """
    outcome = Round()
    several = len(folders) > 1
    for folder in folders:
        try:
            act(folder)
            outcome.made += 1
        except KeyboardInterrupt:
            outcome.stopped = True
            break
        except DataProblem as problem:
            faults = [_of_folder(fault, folder) for fault in problem.faults]
            outcome.problems.append(DataProblem(faults) if several else problem)
        except BrokenPipeError:
            raise
        except OSError as error:
            what = f"this cannot be read: {error.strerror or 'no reason given'}"
            fault = Fault(what, "Look whether you may open it.", file=str(error.filename or folder))
            outcome.problems.append(DataProblem(_of_folder(fault, folder) if several else fault))
        except CrqkitError as problem:
            outcome.problems.append(DataProblem(Fault(str(problem).rstrip("."), "", file=folder.resolve().name)))
        except Exception as error:
            outcome.unforeseen = outcome.unforeseen or error
    return outcome


def _of_folder(fault: Fault, folder: Path) -> Fault:
    """Return the fault with the folder's name before its file, unless the file's path holds it already."""
    name = folder.resolve().name
    if not fault.file:
        return replace(fault, file=name)
    return fault if name in Path(fault.file).parts else replace(fault, file=f"{name}/{fault.file}")


def places(folders: Sequence[Path], out: Path) -> dict[Path, Path]:
    """Return where the page of each folder goes: `out` itself for one, for several a folder of its name in `out`.

    Raises
    ------
    DataProblem
        Two folders have one name, several pages would have one, or a page would lie among exports.
    """
    if len(folders) == 1:
        # The page itself looks whether it would lie in its own folder.
        return {folders[0]: out}
    if out.suffix.lower() in (".html", ".htm"):
        what, mend = "several folders give several pages", "Give -o a folder, not the name of one page."
        raise DataProblem(Fault(what, mend, file=str(out)))
    names = [folder.resolve().name for folder in folders]
    # Some systems take Shop and shop for one folder.
    plain = [name.casefold() for name in names]
    twice = sorted({name for name, same in zip(names, plain, strict=True) if plain.count(same) > 1})
    if twice:
        raise DataProblem([Fault("two folders have this name", "Rename one of them.", file=name) for name in twice])
    found = {folder: out / name for folder, name in zip(folders, names, strict=True)}
    faults = [fault for place in found.values() for fault in among_exports(target_of(place), folders)]
    if faults:
        raise DataProblem(faults)
    return found
