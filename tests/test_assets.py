"""A tag means an asset, or none; the settings know better."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cryptonews_tui.assets import Assets
from tests.strategies import ODD_TEXT

SHIPPED = Assets()
SPELLINGS = [(spelling, asset.symbol) for asset in SHIPPED for spelling in asset.spellings]

MEANT = {
    "btc": (
        *("BTC", "XBT", "BITCOIN", "Bitcoin", "bitcoin ", "$BTC", "#bitcoin", "БІТКОЇН", "біткойн"),
        *("BTCUSDT", "BTCUSD", "XBTUSD", "BTC/USD", "BTC-USD", "BTC USDT", "btc_eur", "BTCPERP", "BTC:UAH"),
        *(
            "BITCOIN PRICE",
            "BTC PRICE",
            "BITCOIN PRICE ANALYSIS",
            "Bitcoin  Price\tPrediction",
            "BITCOIN NEWS",
        ),
        *("BITCOIN ETF", "SPOT BITCOIN ETFS", "BITCOIN SPOT ETFS", "BITCOIN (BTC)", "BITCOIN NETWORK"),
        *("BITCOIN OPEN INTEREST", "БІТКОЇН ЦІНА", "BITCOIN TECHNICAL ANALYSIS"),
    ),
    "eth": ("ETH", "ETHER", "ETHEREUM", "ETHBTC", "ETH/BTC", "ETHUSDC", "ETHER ETF", "Ефір", "ефіріум"),
    "usdt": ("USDT", "TETHER", "TETHER (USDT)", "USDT/USD", "USDTUSD"),
    "usdc": ("USDC", "USD COIN", "usdcoin", "USDC-USDT"),
    "xrp": ("XRP", "RIPPLE", "XRPL", "XRP LEDGER", "XRP BTC", "SPOT XRP ETFS", "XRPBTC"),
    "sol": ("SOL", "SOLANA", "SOL-BTC", "SOLANA ETF", "солана"),
    "bch": ("BCH", "BITCOIN CASH", "BITCOIN CASH PRICE", "BCHUSD"),
    "etc": ("ETC", "ETHEREUM CLASSIC", "ETHEREUM-CLASSIC NEWS"),
    "wbtc": ("WBTC", "WRAPPED BITCOIN", "WBTCUSD"),
    "xaut": ("XAUT", "TETHER GOLD"),
    "tusd": ("TUSD", "TRUEUSD", "TUSDUSDT"),
    "zec": ("ZEC", "ZCASH ZEC", "ZECUSD"),
    "pol": ("POL", "MATIC", "MATIC-NETWORK", "POLYGON", "MATICUSDT"),
    "link": ("LINK", "LINKUSDT", "CHAINLINK"),
    "near": ("NEAR", "NEAR PROTOCOL", "NEAR-PROTOCOL", "NEARPROTOCOL", "NEARUSDT"),
    "ton": ("TON", "TONCOIN", "TONUSD"),
    "uni": ("UNI", "UNIUSDT", "UNISWAP PRICE"),
    "sky": ("SKYUSDT", "SKY/USDT"),
    "usds": ("SKY DOLLAR",),
    "trump": ("TRUMPUSDT", "OFFICIAL TRUMP", "TRUMP COIN"),
    "dot": ("DOT", "DOTUSD", "POLKADOT"),
}

MEANS_NONE = [
    # another asset that the table does not have
    *("BITCOIN SV", "BITCOIN GOLD", "BITCOIN HYPER", "ETHEREUM NAME SERVICE", "GXRP", "STETHX", "CBBTC"),
    # companies, people, industries, handles
    *("AMERICAN BITCOIN", "AMERICAN BITCOIN NEWS", "BITCOIN DEPOT", "BITCOIN MINERS", "BITCOIN MINING"),
    *("MICROSTRATEGY BITCOIN", "SOLANA MOBILE", "DOGECOIN FOUNDATION", "TETHER CEO", "CIRCLE", "BINANCE"),
    *("DONALD TRUMP", "TRUMP", "TRUMP NEWS", "ADAM_XRP", "@SOMEBODYXBT", "WORLD LIBERTY FINANCIAL"),
    # words
    *(
        "SKY",
        "SKY NEWS",
        "RENDER",
        "MAKER",
        "QUANT",
        "CC",
        "OPTION",
        "LINKS",
        "NEARBY",
        "TONE",
        "UNIT",
        "ETHOS",
    ),
    *("ADAPT", "SOLD", "TONIGHT", "DOTS", "ONE", "GAS", "MASK", "BASE", "GOLD", "DROP", "КОСМОС", "ПОЛІГОН"),
    # generic words and quotes without an asset
    *(
        "PRICE",
        "NEWS",
        "SPOT",
        "SPOT ETF",
        "MARKET",
        "TOKEN",
        "USD",
        "USDEUR",
        "PERP",
        "EUR/USD",
        "STABLECOIN",
    ),
    *("MEME COIN", "NETWORK", "DIGITAL ASSETS", "", " ", "$", "---", "/", "2025"),
    # half a name
    *("WRAPPED", "CASH", "CLASSIC", "SHIBA", "PRICE BITCOIN", "BITCOI", "ITCOIN"),
]


def test_the_table_has_the_large_assets_and_each_once() -> None:
    assert len(SHIPPED) == len(list(SHIPPED)) >= 60
    symbols = [asset.symbol for asset in SHIPPED]
    assert len(set(symbols)) == len(symbols)
    assert symbols[:3] == ["btc", "eth", "usdt"]
    assert {"xrp", "bnb", "sol", "usdc", "doge", "trx", "ada"} <= set(symbols)


def test_no_spelling_belongs_to_two_assets() -> None:
    assert len({spelling for spelling, _ in SPELLINGS}) == len(SPELLINGS)


def test_every_asset_is_found_by_its_name_and_each_spelling() -> None:
    for asset in SHIPPED:
        assert asset.spellings[0] == asset.symbol
        assert all(SHIPPED.get(spelling) is asset for spelling in (asset.name, *asset.spellings)), asset
        assert asset.name == asset.name.strip() != ""


def test_spellings_are_folded() -> None:
    for spelling, _ in SPELLINGS:
        assert spelling == spelling.casefold() == " ".join(spelling.split())
        assert unicodedata.is_normalized("NFC", spelling)


def test_no_word_mixes_letters_of_two_alphabets() -> None:
    """And Ukrainian has no letter that Ukrainian does not have."""
    ukrainian = set("абвгґдеєжзиіїйклмнопрстуфхцчшщьюя’'")
    cyrillic = 0
    for spelling, _ in SPELLINGS:
        for word in spelling.split():
            if not word.isascii():
                assert set(word) <= ukrainian, word
                cyrillic += 1
    assert cyrillic >= 60


@pytest.mark.parametrize(("symbol", "tag"), [(symbol, tag) for symbol, tags in MEANT.items() for tag in tags])
def test_a_tag_means_its_asset(symbol: str, tag: str) -> None:
    assert SHIPPED.of_tag(tag) == symbol


@pytest.mark.parametrize("tag", MEANS_NONE)
def test_a_false_friend_means_none(tag: str) -> None:
    assert SHIPPED.of_tag(tag) is None


def test_a_spelling_means_its_asset_unless_it_is_a_word_of_its_own() -> None:
    wrong = {spelling for spelling, symbol in SPELLINGS if SHIPPED.of_tag(spelling) != symbol}
    words = {
        "cc",
        "jupiter",
        "maker",
        "quant",
        "render",
        "sky",
        "stacks",
        "trump",
        "космос",
        "полігон",
        "тон",
    }
    assert wrong == words | {"world liberty financial"}


@pytest.mark.parametrize(
    ("name", "symbol"),
    [
        *(("btc", "btc"), ("$bitcoin", "btc"), ("XBT", "btc"), ("Біткоїн", "btc"), ("bitcoin-cash", "bch")),
        *(("trump", "trump"), ("Sky", "sky"), ("near", "near"), ("shiba  inu", "shib"), ("Ефір", "eth")),
    ],
)
def test_an_asset_is_found_by_any_spelling(name: str, symbol: str) -> None:
    asset = SHIPPED.get(name)
    assert asset is not None
    assert asset.symbol == symbol


@pytest.mark.parametrize("name", ["", "$", "btcusdt", "bitcoin price", "nothing"])
def test_what_is_no_spelling_finds_no_asset(name: str) -> None:
    assert SHIPPED.get(name) is None


@pytest.mark.parametrize(
    ("name", "symbol"),
    [
        ("bitcion", "btc"),
        ("$etherium", "eth"),
        ("солона", "sol"),
        ("dogecion", "doge"),
        ("qqqqqq", None),
        ("", None),
    ],
)
def test_a_misspelt_name_gets_a_suggestion(name: str, symbol: str | None) -> None:
    assert SHIPPED.nearest(name) == symbol


def test_the_settings_give_an_asset_further_spellings() -> None:
    assets = Assets({"btc": ["Digital Gold"], "Ethereum": ["world computer"]})
    assert len(assets) == len(SHIPPED)
    assert assets.of_tag("DIGITAL-GOLD PRICE") == assets.of_tag("BITCOIN") == "btc"
    assert assets.of_tag("WORLD COMPUTER") == "eth"
    bitcoin = assets.get("digital gold")
    assert bitcoin is not None
    assert (bitcoin.symbol, bitcoin.name) == ("btc", "Bitcoin")
    assert SHIPPED.of_tag("DIGITAL GOLD") is None


def test_the_settings_make_a_new_asset() -> None:
    assets = Assets({"FOO": ["Foo Coin", "foo"], "bar": []})
    assert [asset.symbol for asset in assets][-2:] == ["foo", "bar"]
    assert {assets.of_tag(tag) for tag in ("FOO", "FOO COIN", "FOOUSDT", "FOO/BTC", "FOO COIN NEWS")} == {
        "foo"
    }
    assert assets.of_tag("BARUSD") == "bar"
    assert [asset.name for asset in assets][-2:] == ["Foo Coin", "bar"]


def test_the_settings_win_over_the_table() -> None:
    assets = Assets({"ripple-labs": ["Ripple"], "foo": ["matic"], "sky": ["sky"], "spot": ["spot on"]})
    assert assets.of_tag("RIPPLE NEWS") == "ripple labs"
    assert assets.of_tag("XRP") == "xrp"
    assert assets.of_tag("MATICUSDT") == assets.of_tag("MATIC") == "foo"
    assert assets.of_tag("POLYGON") == "pol"
    assert assets.of_tag("SKY") == "sky"
    assert assets.of_tag("SPOT ON") == assets.of_tag("SPOT PRICE") == "spot"
    xrp = assets.get("xrp")
    assert xrp is not None
    assert "ripple" not in xrp.spellings


def test_the_longest_spelling_wins() -> None:
    assets = Assets({"etfs": ["bitcoin etf"], "one": ["bitcoin etf flow watch"]})
    assert assets.of_tag("BITCOIN PRICE") == "btc"
    assert assets.of_tag("BITCOIN ETF") == assets.of_tag("BITCOIN ETF NEWS") == "etfs"
    assert assets.of_tag("BITCOIN ETF FLOW WATCH") == "one"
    assert assets.of_tag("BITCOIN ETF FLOW") is None


def test_empty_settings_change_nothing() -> None:
    assert list(Assets({"": ["x"], "$": [], "btc": ["", " - "]})) == list(SHIPPED)


@given(ODD_TEXT | st.text(alphabet="BTCETHUSD usdt/-$і"))
@example("ǅ ß İ ŉ")
def test_any_text_is_a_tag_of_one_asset_or_none_whatever_its_case(tag: str) -> None:
    symbol = SHIPPED.of_tag(tag)
    assert symbol is None or SHIPPED.get(symbol) is not None
    assert SHIPPED.of_tag(tag.casefold()) == symbol
    if tag.isascii():
        assert SHIPPED.of_tag(tag.swapcase()) == symbol
    SHIPPED.get(tag)
    SHIPPED.nearest(tag)


@given(st.sampled_from(SPELLINGS), st.data())
def test_case_space_and_signs_do_not_matter(spelling: tuple[str, str], data: st.DataObject) -> None:
    written = "".join(data.draw(st.sampled_from((letter, letter.upper()))) for letter in spelling[0])
    written = data.draw(st.sampled_from((" ", "  ", "-", "_", " - "))).join(written.split(" "))
    assert SHIPPED.of_tag(f" {written}\n") == SHIPPED.of_tag(spelling[0])
    found = SHIPPED.get(f"${written}")
    assert found is not None
    assert found.symbol == spelling[1]


NAMES = st.text(alphabet="abcXYZ $-", max_size=6) | st.sampled_from(
    ["btc", "sky", "Ripple", "bitcoin cash", "xbt"]
)


@given(st.dictionaries(NAMES, st.lists(NAMES, max_size=3), max_size=3))
def test_whatever_the_settings_say_a_spelling_belongs_to_one_asset(extra: dict[str, list[str]]) -> None:
    assets = Assets(extra)
    assert len(assets) >= len(SHIPPED)
    owners: dict[str, str] = {}
    for asset in assets:
        for spelling in asset.spellings:
            assert owners.setdefault(spelling, asset.symbol) == asset.symbol
            assert assets.get(spelling) == asset
    for key, further in extra.items():
        for name in further if key.strip(" $-") else ():
            found = assets.get(name)
            assert assets.of_tag(name) == (found.symbol if found else None)
            assert (found is None) == (not name.strip(" $-"))


@pytest.mark.parametrize("tag", ["bitcoin " * 50_000, "usd" * 100_000, "-" * 300_000, "bitcoin" * 50_000])
def test_an_endless_tag_is_bounded_work(tag: str) -> None:
    started = time.process_time()
    SHIPPED.of_tag(tag)
    SHIPPED.nearest(tag)
    assert time.process_time() - started < 1
