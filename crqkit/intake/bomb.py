"""Small files that unpack to enormous ones: archives, and workbooks, which are archives too."""

from zipfile import ZipFile

# Measured: exports of a shop pack 5 to 25 times, and seldom more than 40 times.
MOST_UNPACKED, MOST_TIMES = 200 << 20, 100


def is_bomb(archive: ZipFile) -> bool:
    """Return whether an archive, or one file in it, is large once unpacked and far too small for it packed.

    >>> import io
    >>> with ZipFile(io.BytesIO(), "w") as archive:
    ...     archive.writestr("sales.csv", "date,customer,amount")
    ...     is_bomb(archive)
    False
    """
    members = archive.infolist()
    archive.fp.seek(0, 2)
    # What a member says of its packed size may be a lie, the size of the file is not.
    whole = sum(member.file_size for member in members), archive.fp.tell()
    sizes = [whole, *((member.file_size, member.compress_size) for member in members)]
    return any(unpacked > MOST_UNPACKED and unpacked > MOST_TIMES * packed for unpacked, packed in sizes)
