import pytest

from crqkit.base import DataProblem
from crqkit.report import read_brand

PIXEL = bytes.fromhex("89504e470d0a1a0a")


def test_a_brand_is_read_with_its_logo_inside(tmp_path):
    (tmp_path / "logo.png").write_bytes(PIXEL)
    (tmp_path / "brand.yml").write_text("name: Petit Bateau Bleu\ncolour: '#004466'\nlogo: logo.png\n")
    brand = read_brand(tmp_path / "brand.yml")
    assert (brand.name, brand.colour) == ("Petit Bateau Bleu", "#004466")
    assert brand.logo.startswith("data:image/png;base64,")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("colour: blue", "this is not a colour"),
        ("colour: '#ffff00'", "white text is hard to read on it"),
        ("color: '#004466'", "'color' is not known"),
        ("logo: logo.gif", "this is not a picture that can be used"),
        ("logo: nowhere.png", "this picture was not found"),
        ("name: [", "this is not YAML"),
        ("- a\n- b", "this is not a list of names and values"),
    ],
)
def test_a_faulty_brand_is_refused_with_its_mend(tmp_path, text, fault):
    (tmp_path / "brand.yml").write_text(text)
    with pytest.raises(DataProblem) as caught:
        read_brand(tmp_path / "brand.yml")
    assert fault in str(caught.value)
    assert all(one.file == "brand.yml" and one.mend for one in caught.value.faults)


def test_a_brand_that_is_absent_is_refused(tmp_path):
    with pytest.raises(DataProblem, match="cannot be read"):
        read_brand(tmp_path / "brand.yml")


@pytest.mark.parametrize("logo", ["{outside}/secret.png", "../outside/secret.png", "link.png"])
def test_a_brand_fetches_no_picture_from_elsewhere_on_the_disk(tmp_path, logo):
    outside, shop = tmp_path / "outside", tmp_path / "shop"
    outside.mkdir()
    shop.mkdir()
    (outside / "secret.png").write_bytes(PIXEL)
    (shop / "link.png").symlink_to(outside / "secret.png")
    (shop / "brand.yml").write_text(f"logo: {logo.format(outside=outside)}\n")
    with pytest.raises(DataProblem, match="outside the folder of the brand file"):
        read_brand(shop / "brand.yml")


@pytest.mark.parametrize("logo", ["pictures/logo.png", "./pictures/../pictures/logo.png", "{shop}/pictures/logo.png"])
def test_a_logo_may_lie_below_the_brand_file(tmp_path, logo):
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "logo.png").write_bytes(PIXEL)
    (tmp_path / "brand.yml").write_text(f"logo: {logo.format(shop=tmp_path)}\n")
    assert read_brand(tmp_path / "brand.yml").logo.startswith("data:image/png;base64,")
