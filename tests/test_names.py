"""User names as Entra and an app spell them: what carries an object id in front, and what only looks so."""

from uuid import UUID

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scimlab import names

ID, HEX = "5f3c1a77-0b2e-4d19-9c44-1e6a08d2b7f0", "5f3c1a770b2e4d199c441e6a08d2b7f0"
OTHER = "a1b2c3d4e5f64789a0b1c2d3e4f50617"


@pytest.mark.parametrize(
    ("text", "object_id", "clean_name"),
    [
        pytest.param(HEX + "Mona.Reed@example.org", ID, "Mona.Reed@example.org", id="case of the name kept"),
        pytest.param(HEX + "added.faye@example.org", ID, "added.faye@example.org", id="the name itself begins with hex letters"),
        pytest.param(HEX.upper() + "mona@example.org", ID, "mona@example.org", id="upper-case digits"),
        pytest.param(HEX + OTHER + "mona@example.org", ID, "mona@example.org", id="prefixed twice: the outermost id"),
        pytest.param(HEX + "mona_partner.example#EXT#@example.org", ID, "mona_partner.example#EXT#@example.org", id="guest form kept"),
        pytest.param(HEX + "1@example.org", ID, "1@example.org", id="one character is a name"),
    ],
)
def test_recovered(text, object_id, clean_name):
    """The prefix of a soft delete gives the object id and the name it was put in front of."""
    assert names.recover(text) == (object_id, clean_name)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(HEX + "@example.org", id="a local part of exactly 32 digits is a name"),
        pytest.param(HEX[:31] + "@example.org", id="31 digits"),
        pytest.param(HEX[:31] + "mona@example.org", id="31 digits and a name"),
        pytest.param("x" + HEX + "mona@example.org", id="digits further in"),
        pytest.param(HEX, id="digits alone"),
        pytest.param(ID, id="an id with dashes, as a probe sends it"),
        pytest.param(ID + "mona@example.org", id="an id with dashes in front"),
        pytest.param("7bd1c90e44f2ab6d0a17_contoso", id="a hash with the tenant's short code"),
        pytest.param("mona.4711@example.org", id="the four digits of a duplicate name"),
        pytest.param("mona_partner.example#EXT#@example.org", id="a guest"),
        pytest.param("Mona.Reed@Example.org", id="another case"),
        pytest.param(HEX + "mona reed@example.org", id="a space is in no user name"),
        pytest.param(HEX + "mona", id="no address behind"),
        pytest.param(HEX + "mona@example@org", id="two at signs"),
        pytest.param("", id="nothing"),
    ],
)
def test_untouched(text):
    """What only looks like a prefix is given back as it is, without an id."""
    assert names.recover(text) == (None, text)


@given(st.uuids(), st.emails())
def test_recover_undoes_the_rename(object_id: UUID, address: str):
    """Whatever the address, putting an id in front and recovering gives both back."""
    plain = names.recover(address).clean_name
    assert names.recover(object_id.hex + plain) == (str(object_id), plain)


@given(st.text())
def test_recover_invents_nothing(text):
    """Any text gives an end of itself, the whole of it where no id was found."""
    object_id, clean_name = names.recover(text)
    assert text.endswith(clean_name) and (object_id is not None or clean_name == text)


@given(st.emails(), st.sampled_from(["", HEX, " ", HEX + OTHER]))
def test_canonical_is_stable(address, before):
    """The key of a key is the key, so that keys can be stored and compared."""
    key = names.canonical(before + address)
    assert names.canonical(key) == key == names.canonical(address)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (HEX + "Mona.Reed@example.org", "mona.reed@example.org"),
        ("mona_partner.example#EXT#@example.org", "mona@partner.example"),
        ("m_o_partner.example#EXT#@example.org", "m_o@partner.example"),
        (HEX + "mona_partner.example#EXT#@example.org", "mona@partner.example"),
        (" Mona@Example.ORG\t", "mona@example.org"),
        ("STRASSE@example.org", "straße@example.org"),
    ],
)
def test_same_person_same_key(one, other):
    """Spellings of one user name share a key."""
    assert names.canonical(one) == names.canonical(other)


def test_similar_names_have_different_keys():
    """Digits behind a name, and a name that is all digits, stay what they are."""
    keys = {names.canonical(text) for text in ("mona@example.org", "mona.4711@example.org", HEX + "@example.org", OTHER + "@example.org")}
    assert len(keys) == 4


def test_canonical_names_over_a_column():
    """The column form gives for each row what `canonical` gives, null for null, on empty input too."""
    frame = pl.DataFrame({"name": [" A@b.example", None, HEX + "a@b.example", "A@b.example"]})
    assert frame.select(names.canonical_names(pl.col("name"))).to_series().to_list() == ["a@b.example", None, "a@b.example", "a@b.example"]
    assert frame.clear().select(names.canonical_names(pl.col("name"))).schema == {"name": pl.String}
    assert frame.lazy().select(names.canonical_names(pl.col("name"))).collect().height == 4


PIECES = st.sampled_from(["a", "B", "é", "@", ".", " ", "\t", "\x1c", "_b.example#EXT#@c", "#ext#@", HEX, HEX.upper(), "0f"])


@given(st.lists(st.none() | st.lists(PIECES, max_size=6).map("".join), max_size=8))
def test_a_column_is_what_each_of_its_names_is(spellings):
    """Over a column nothing comes out but what each name gives by itself."""
    frame = pl.DataFrame({"name": spellings}, schema={"name": pl.String})
    found = frame.select(names.canonical_names(pl.col("name"))).to_series().to_list()
    assert found == [None if each is None else names.canonical(each) for each in spellings]
