"""Which asset a tag means. One asset goes by many tags (`BTC`, `BITCOIN PRICE`, `BTCUSDT`); a reader asks for it once.

`_TABLE` is the whole knowledge about assets, the sets below it about what may stand around a name in a tag.
The user's settings add to both. Pure: text in, symbol out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

# Symbols (the first one identifies), the name that is shown, further names: the largest assets and, at the end,
# some that are in the news. Names are compared case-folded, with `-`, `.` and the like as spaces.
_TABLE: tuple[tuple[str, ...], ...] = (
    ("btc xbt", "Bitcoin", "біткоїн", "біткойн"),
    ("eth", "Ethereum", "ether", "ефір", "ефіріум", "етер", "етеріум", "етереум"),
    ("usdt", "Tether", "tether usd", "tetherus", "тезер", "тетер"),
    ("xrp", "XRP", "ripple", "xrpl", "xrp ledger", "ріпл"),
    ("bnb", "BNB", "bnb chain", "binance coin", "binancecoin", "binance smart chain", "бінанс коїн"),
    ("sol", "Solana", "солана"),
    ("usdc", "USD Coin", "usdcoin"),
    ("trx", "TRON", "трон"),
    ("doge", "Dogecoin", "доджкоїн", "доджкойн", "догікоїн", "догікойн"),
    ("ada", "Cardano", "кардано"),
    ("steth", "Lido Staked Ether", "lido steth"),
    ("wbtc", "Wrapped Bitcoin", "загорнутий біткоїн", "загорнутий біткойн"),
    ("hype", "Hyperliquid", "гіперліквід", "хайперліквід"),
    ("bch", "Bitcoin Cash", "біткоїн кеш", "біткойн кеш"),
    ("link", "Chainlink", "чейнлінк"),
    ("usde", "Ethena USDe"),
    ("leo", "UNUS SED LEO", "leo token"),
    ("xlm", "Stellar", "stellar lumens", "стеллар", "стелар"),
    ("xmr", "Monero", "монеро"),
    ("zec", "Zcash", "зікеш"),
    ("ltc", "Litecoin", "лайткоїн", "лайткойн"),
    ("hbar", "Hedera", "hedera hashgraph", "гедера", "хедера"),
    ("avax", "Avalanche", "аваланч", "аваланш"),
    ("sui", "Sui", "суі"),
    ("shib", "Shiba Inu", "шиба іну", "шіба іну", "сіба іну"),
    ("dai", "Dai", "makerdao dai"),
    ("usds", "Sky Dollar"),
    ("ton", "Toncoin", "the open network", "тонкоїн", "тонкойн", "тон"),
    ("cro", "Cronos", "кронос"),
    ("wlfi", "World Liberty Financial"),
    ("dot", "Polkadot", "полкадот"),
    ("uni", "Uniswap", "юнісвап"),
    ("mnt", "Mantle", "мантл"),
    ("tao", "Bittensor", "біттензор"),
    ("pyusd", "PayPal USD"),
    ("usd1", "World Liberty Financial USD"),
    ("bgb", "Bitget Token"),
    ("okb", "OKB"),
    ("near", "NEAR Protocol", "nearprotocol", "нір протокол"),
    ("aave", "Aave", "ааве"),
    ("icp", "Internet Computer", "інтернет комп'ютер", "інтернет комп’ютер"),
    ("etc", "Ethereum Classic", "ефіріум класик", "ефір класик"),
    ("pepe", "Pepe", "пепе"),
    ("pi", "Pi Network", "пай нетворк"),
    ("aster", "Aster", "астер"),
    ("apt", "Aptos", "аптос"),
    ("ena", "Ethena", "етена"),
    ("ondo", "Ondo", "ondo finance", "ондо"),
    ("pol matic", "Polygon", "matic network", "полігон"),
    ("wld", "Worldcoin", "world token", "world coin", "ворлдкоїн", "ворлдкойн"),
    ("wbt", "WhiteBIT Coin", "whitebit token"),
    ("cc", "Canton Coin", "canton network"),
    ("kas", "Kaspa", "каспа"),
    ("algo", "Algorand", "алгоранд"),
    ("arb", "Arbitrum", "арбітрум"),
    ("atom", "Cosmos Hub", "cosmos", "космос"),
    ("vet", "VeChain", "вічейн"),
    ("fil", "Filecoin", "файлкоїн", "файлкойн"),
    ("sky mkr", "Sky", "maker", "makerdao"),
    ("flr", "Flare", "flare network"),
    ("render rndr", "Render", "render token"),
    ("xdc", "XDC Network"),
    ("qnt", "Quant", "quant network"),
    ("gt", "GateToken"),
    ("kcs", "KuCoin Token"),
    ("trump", "Official Trump", "trump coin", "trump memecoin", "trump meme coin"),
    ("xaut", "Tether Gold"),
    ("paxg", "PAX Gold", "paxos gold"),
    ("rlusd", "Ripple USD"),
    ("fdusd", "First Digital USD"),
    ("tusd", "TrueUSD", "true usd"),
    ("op", "Optimism"),
    ("inj", "Injective"),
    ("sei", "Sei"),
    ("jup", "Jupiter"),
    ("stx", "Stacks"),
    ("imx", "Immutable"),
    ("dash", "Dash"),
    ("bonk", "Bonk", "бонк"),
    ("tia", "Celestia", "селестія"),
    ("mon", "Monad", "монад"),
)

_SIGNS = str.maketrans(dict.fromkeys("$#()[]-–—_/:|.,", " "))


def _words(text: str) -> list[str]:
    return text.casefold().translate(_SIGNS).split()


def _fold(text: str) -> str:
    """A spelling in the form in which all are compared."""
    return " ".join(_words(text))


# What means something else when it is all that a tag says: such a spelling is asked for, but no tag means it
# alone. As a part of a pair (`SKYUSDT`) it does.
_HOMONYMS = frozenset(
    ["world liberty financial", *_words("cc jupiter maker quant render sky stacks trump космос полігон тон")]
)

# What assets are traded against. After a symbol, with or without a sign between, it names the same asset: `ETHBTC`.
_QUOTES = frozenset(
    _words("usd usdt usdc usde usd1 fdusd tusd busd dai eur gbp jpy krw try brl uah btc xbt eth bnb perp")
)
_ENDINGS = tuple(sorted(_QUOTES))

# What tags add to a name without changing what they are about. Words of companies and of other assets are left
# out: `cash`, `gold`, `classic`, `mobile`, `miners`, `foundation`, `treasury`.
_GENERIC = _QUOTES | frozenset(
    _words(
        """
        news update today price prices analysis technical prediction predictions forecast outlook target chart
        market cap trading spot futures options open interest funding rate rates volume liquidity supply mvrv
        etf etfs etp etps dominance sentiment ath bull bear bullish bearish run cycle bottom rally crash
        correction capitulation breakout support resistance whale whales halving staking upgrade airdrop
        coin token tokens crypto cryptocurrency network blockchain protocol
        новини ціна курс прогноз аналіз ринок монета токен мережа криптовалюта
        """
    )
)

_NEAREST_LIMIT = 60


@dataclass(frozen=True, slots=True)
class Asset:
    """An asset: `symbol` identifies it, `name` is shown, `spellings` are all (folded) that mean it, `symbol` first."""

    symbol: str
    name: str
    spellings: tuple[str, ...]


class Assets:
    """The shipped table and what the settings add to it.

    `extra` maps a symbol (or any other spelling of an asset) to further spellings; one that nothing goes by yet
    makes a new asset. Where the settings and the table disagree about a spelling, the settings win.
    """

    def __init__(self, extra: Mapping[str, Sequence[str]] = MappingProxyType({})) -> None:
        self._assets: dict[str, Asset] = {}
        self._symbols: dict[str, str] = {}  # by spelling
        self._tickers: dict[str, str] = {}  # symbol by what stands before a quote in a pair
        for tickers, *names in _TABLE:
            symbol, *others = tickers.split()
            self._tickers |= dict.fromkeys((symbol, *others), symbol)
            self._name(symbol, names[0], (symbol, *others, *map(_fold, names)))
        # The spellings that a tag may begin with.
        self._beginnings = {word: symbol for word, symbol in self._symbols.items() if word not in _HOMONYMS}
        for key, spellings in extra.items():
            self._extend(key, spellings)
        self._longest: dict[str, int] = {}  # words of the longest beginning, by its first word
        for spelling in self._beginnings:
            first, *rest = spelling.split()
            self._longest[first] = max(self._longest.get(first, 0), 1 + len(rest))

    def __iter__(self) -> Iterator[Asset]:
        return iter(self._assets.values())

    def __len__(self) -> int:
        return len(self._assets)

    def get(self, name: str) -> Asset | None:
        """The asset of a symbol or any other spelling, in any case."""
        symbol = self._symbols.get(_fold(name))
        return None if symbol is None else self._assets[symbol]

    def nearest(self, name: str) -> str | None:
        """The symbol of the asset whose spelling comes closest to a name that nothing goes by."""
        from difflib import get_close_matches  # only errors need it

        near = get_close_matches(_fold(name[:_NEAREST_LIMIT]), self._symbols, 1, 0.6)
        return self._symbols[near[0]] if near else None

    def of_tag(self, tag: str) -> str | None:
        """The symbol of the asset that a tag means: it begins with a spelling or a pair, and the rest is generic."""
        words = _words(tag)
        if words[:1] == ["spot"] and "spot" not in self._longest:
            del words[0]
        if not words:
            return None
        for length in range(self._longest.get(words[0], 0), 0, -1):
            if symbol := self._beginnings.get(" ".join(words[:length])):
                break
        else:
            symbol, length = self._of_pair(words), 1
        if symbol is None:
            return None
        if all(word in _GENERIC or self._beginnings.get(word) == symbol for word in words[length:]):
            return symbol
        return None

    def _of_pair(self, words: list[str]) -> str | None:
        """The asset of a ticker and a quote, written together or as two words."""
        first = words[0]
        if words[1:] and words[1] in _QUOTES:
            return self._tickers.get(first)
        if first.endswith(_ENDINGS):
            for quote in _ENDINGS:
                if first.endswith(quote) and (symbol := self._tickers.get(first.removesuffix(quote))):
                    return symbol
        return None

    def _extend(self, key: str, further: Sequence[str]) -> None:
        """What the settings say about one asset."""
        spellings = tuple(filter(None, map(_fold, further)))
        symbol = self._symbols.get(_fold(key), _fold(key))
        if not symbol:
            return
        if symbol not in self._assets:
            self._assets[symbol] = Asset(symbol, next(filter(_fold, further), key), ())
            self._tickers[symbol] = symbol
            spellings = (symbol, *spellings)
        for spelling in spellings:
            loser = self._assets[self._symbols.get(spelling, symbol)]
            if loser.symbol != symbol:
                left = tuple(other for other in loser.spellings if other != spelling)
                self._assets[loser.symbol] = replace(loser, spellings=left)
            if spelling in self._tickers:
                self._tickers[spelling] = symbol
        known = self._assets[symbol]
        self._name(symbol, known.name, known.spellings + spellings)
        self._beginnings |= dict.fromkeys(spellings, symbol)

    def _name(self, symbol: str, name: str, spellings: tuple[str, ...]) -> None:
        each = dict.fromkeys(spellings, symbol)
        self._assets[symbol] = Asset(symbol, name, tuple(each))
        self._symbols |= each
