/** The better-known assets of the simulated market, one a line; `listings.ts` names the columns. */
export const largeListings = `
BTC|Bitcoin|MAJOR|64250|19.78M|19.78M|21M|28400M|99655.5|2024-12-05|67.81|2013-07-06|130|100|The first decentralised digital currency, secured by proof of work.
ETH|Ethereum|MAJOR|3120|120.4M|120.4M|-|14900M|4878.26|2021-11-10|0.432979|2015-10-20|140|120|A programmable blockchain that carries most of decentralised finance.
USDT|Tether|STABLECOIN|1|118.2B|119.1B|-|52600M|1.0132|2018-07-24|0.9725|2015-03-02|3|0|A token that follows the US dollar, backed by reserves of its issuer.
BNB|BNB|MAJOR|578|145.9M|145.9M|200M|1710M|717.48|2024-06-06|0.0398177|2017-10-19|150|100|The coin of BNB Chain, which pays its fees and shares in their burning.
SOL|Solana|MAJOR|152|468.2M|583.7M|-|2860M|263.21|2024-11-23|0.500801|2020-05-11|250|140|A fast single-layer blockchain with low fees.
USDC|USD Coin|STABLECOIN|1|34.6B|34.6B|-|6120M|1.0411|2019-05-08|0.9681|2023-03-11|3|0|A fully reserved token that follows the US dollar.
XRP|XRP|MAJOR|0.582|56.5B|99.98B|100B|1240M|3.4|2018-01-07|0.00268621|2014-05-22|230|100|The coin of the XRP Ledger, made for fast payments across borders.
DOGE|Dogecoin|MAJOR|0.1245|145.9B|145.9B|-|1180M|0.731578|2021-05-08|0.0000869|2015-05-06|300|140|A friendly coin that began as a joke about a dog.
ADA|Cardano|MAJOR|0.412|35.7B|37.1B|45B|382M|3.09|2021-09-02|0.0192527|2020-03-13|220|120|A proof-of-stake blockchain built on peer-reviewed research.
TRX|TRON|ALTCOIN|0.1342|86.9B|86.9B|-|461M|0.231673|2018-01-05|0.00180434|2017-11-12|150|70|A blockchain for content and cheap stablecoin transfers.
AVAX|Avalanche|MAJOR|28.4|405.3M|445.8M|720M|318M|144.96|2021-11-21|2.8|2020-12-31|260|140|A network of blockchains with sub-second finality.
TON|Toncoin|ALTCOIN|6.71|2.53B|5.11B|-|243M|8.25|2024-06-15|0.519364|2021-09-21|260|110|The coin of The Open Network, close to the Telegram messenger.
DOT|Polkadot|MAJOR|6.12|1.43B|1.5B|-|176M|54.98|2021-11-04|2.7|2020-08-20|230|130|A relay chain that connects specialised blockchains.
LINK|Chainlink|MAJOR|13.85|608.1M|1B|1B|331M|52.7|2021-05-10|0.148183|2017-11-29|250|130|A network of oracles that brings outside data to smart contracts.
SHIB|Shiba Inu|ALTCOIN|0.00001782|589.27T|589.54T|-|398M|0.00008616|2021-10-28|0.0000000157|2020-11-28|310|150|A meme token with its own exchange and second layer.
BCH|Bitcoin Cash|MAJOR|382|19.77M|19.77M|21M|246M|3785.82|2017-12-20|76.93|2018-12-16|240|110|A fork of Bitcoin with larger blocks for everyday payments.
LTC|Litecoin|MAJOR|71.6|74.9M|84M|84M|312M|410.26|2021-05-10|1.15|2015-01-14|200|105|An early fork of Bitcoin with faster blocks.
NEAR|NEAR Protocol|ALTCOIN|5.28|1.11B|1.19B|-|287M|20.44|2022-01-16|0.526762|2020-11-04|290|140|A sharded blockchain with readable account names.
UNI|Uniswap|ALTCOIN|7.94|600.4M|1B|1B|171M|44.92|2021-05-03|1.03|2020-09-17|280|130|The governance token of the largest decentralised exchange.
LEO|UNUS SED LEO|ALTCOIN|5.84|925.9M|985.2M|-|2.1M|8.14|2022-02-08|0.799859|2019-12-24|90|20|The utility token of the Bitfinex exchange.
DAI|Dai|STABLECOIN|1|5.35B|5.35B|-|184M|1.0289|2020-03-13|0.9651|2019-11-25|4|0|A token that follows the US dollar, backed by collateral in smart contracts.
APT|Aptos|ALTCOIN|7.62|482.6M|1.12B|-|148M|19.92|2023-01-26|3.08|2022-12-29|280|130|A blockchain that runs smart contracts in the Move language.
ICP|Internet Computer|ALTCOIN|8.73|467.4M|521.9M|-|92M|700.65|2021-05-10|2.87|2023-09-22|260|130|A blockchain that serves whole applications to the web.
PEPE|Pepe|ALTCOIN|0.00000948|420.69T|420.69T|420.69T|884M|0.00001717|2024-05-27|0.0000000552|2023-04-18|380|160|A meme token named after a cartoon frog.
XMR|Monero|ALTCOIN|164|18.45M|18.45M|-|64M|542.33|2018-01-09|0.216177|2015-01-14|160|80|A currency that hides sender, receiver and amount.
ETC|Ethereum Classic|ALTCOIN|21.4|148.2M|210.7M|210.7M|142M|167.09|2021-05-06|0.615038|2016-07-25|220|120|The original chain of Ethereum, still on proof of work.
XLM|Stellar|ALTCOIN|0.0968|29.4B|50B|50B|88M|0.875563|2018-01-03|0.00047612|2015-03-05|200|105|A payment network that moves any currency.
SUI|Sui|ALTCOIN|1.62|2.68B|10B|10B|396M|2.17|2024-03-27|0.364846|2023-10-19|320|150|A blockchain of objects for games and finance.
FIL|Filecoin|ALTCOIN|4.12|581.7M|1.96B|1.96B|132M|236.84|2021-04-01|2.64|2022-12-16|260|130|A market for decentralised file storage.
HBAR|Hedera|ALTCOIN|0.0642|35.8B|50B|50B|58M|0.569229|2021-09-15|0.00986111|2020-01-02|240|120|A public ledger built on a hashgraph instead of a chain.
CRO|Cronos|ALTCOIN|0.0891|26.6B|30B|30B|9.4M|0.965407|2021-11-24|0.0121196|2019-02-08|180|100|The coin of Crypto.com and its chain.
ARB|Arbitrum|ALTCOIN|0.642|3.52B|10B|10B|186M|2.39|2024-01-12|0.430478|2024-08-05|280|140|The governance token of a large second layer of Ethereum.
ATOM|Cosmos Hub|ALTCOIN|5.48|390.9M|390.9M|-|112M|44.45|2022-01-17|1.16|2020-03-13|230|125|The hub of an internet of independent blockchains.
OKB|OKB|ALTCOIN|39.8|60M|236.2M|300M|4.8M|73.8|2024-03-14|0.580608|2019-01-14|150|80|The utility token of the OKX exchange.
STX|Stacks|ALTCOIN|1.74|1.49B|1.82B|1.82B|76M|3.86|2024-04-01|0.04559639|2020-03-13|290|140|Smart contracts settled on Bitcoin.
MNT|Mantle|ALTCOIN|0.621|3.26B|6.22B|6.22B|84M|1.54|2024-04-08|0.307978|2023-10-18|220|115|A second layer of Ethereum with a large treasury.
IMX|Immutable|ALTCOIN|1.48|1.57B|2B|2B|38M|9.52|2021-11-26|0.37808|2022-12-31|280|140|A second layer for games and their items.
INJ|Injective|ALTCOIN|20.6|97.7M|100M|-|94M|52.62|2024-03-14|0.65740000|2020-11-03|300|145|A blockchain made for derivatives and finance.
RENDER|Render|ALTCOIN|5.36|392.5M|532.2M|644.2M|142M|13.53|2024-03-17|0.03665669|2020-06-16|310|145|A market for spare graphics-card time.
VET|VeChain|ALTCOIN|0.0236|80.98B|85.99B|86.71B|32M|0.280991|2021-04-19|0.00191713|2020-03-13|230|120|A blockchain for supply chains and product history.
OP|Optimism|ALTCOIN|1.62|1.19B|4.29B|4.29B|168M|4.84|2024-03-06|0.402159|2022-06-18|290|140|The governance token of an optimistic rollup on Ethereum.
GRT|The Graph|ALTCOIN|0.158|9.55B|10.8B|10.8B|42M|2.84|2021-02-12|0.052051|2022-11-22|260|130|An index of blockchain data with an open query market.
MKR|Maker|ALTCOIN|1640|877.4K|977.6K|1.01M|86M|6292.31|2021-05-03|168.36|2020-03-16|220|115|The governance token behind the Dai stablecoin.
WIF|dogwifhat|ALTCOIN|1.86|998.9M|998.9M|998.9M|412M|4.83|2024-03-31|0.00155464|2023-12-13|420|170|A meme token with a dog in a knitted hat.
BONK|Bonk|ALTCOIN|0.00001932|74.4T|88.9T|93.5T|212M|0.00004547|2024-03-04|0.0000000862|2022-12-29|390|165|A community token of Solana with a dog on it.
AAVE|Aave|ALTCOIN|142|14.9M|16M|16M|184M|661.69|2021-05-18|26.02|2020-11-05|260|125|A market for lending and borrowing without a bank.
RUNE|THORChain|ALTCOIN|4.62|335.9M|415.6M|500M|182M|20.87|2021-05-19|0.00851264|2019-09-28|300|145|Swaps between native coins of different chains.
FLOKI|FLOKI|ALTCOIN|0.0001428|9.56T|9.67T|10T|168M|0.00034495|2024-06-05|0.0000000842|2021-07-06|370|160|A meme token with a game and a charity habit.
FTM|Fantom|ALTCOIN|0.642|2.8B|3.17B|3.18B|154M|3.46|2021-10-28|0.00190227|2020-03-13|310|145|A fast blockchain built on an acyclic graph.
THETA|Theta Network|ALTCOIN|1.28|1B|1B|1B|19M|15.72|2021-04-16|0.04039979|2020-03-13|260|130|A network for video delivery by its viewers.
JUP|Jupiter|ALTCOIN|0.862|1.35B|10B|10B|98M|2|2024-01-31|0.457464|2024-02-21|320|140|The leading swap router of Solana.
PYTH|Pyth Network|ALTCOIN|0.336|3.62B|10B|10B|64M|1.2|2024-03-16|0.228961|2024-08-05|300|140|A network of first-hand price oracles.
LDO|Lido DAO|ALTCOIN|1.14|894.7M|1B|1B|72M|7.3|2021-08-20|0.40615|2022-06-18|290|140|The governance token of the largest staking pool.
SEI|Sei|ALTCOIN|0.326|3.37B|10B|-|112M|1.14|2024-03-16|0.09536671|2023-10-19|310|145|A blockchain tuned for trading.
TIA|Celestia|ALTCOIN|5.12|209.4M|1.09B|-|98M|20.85|2024-02-10|2.08|2023-10-31|330|150|A modular layer that stores data for rollups.
BRETT|Brett|ALTCOIN|0.0862|9.91B|10B|10B|38M|0.193328|2024-06-09|0.00084753|2024-02-29|410|165|A meme token of the Base network.
ALGO|Algorand|ALTCOIN|0.132|8.28B|10B|10B|36M|3.28|2019-06-21|0.08761829|2023-09-11|220|120|A proof-of-stake blockchain with instant finality.
FDUSD|First Digital USD|STABLECOIN|1|2.14B|2.14B|-|4860M|1.0221|2023-12-16|0.9678|2023-12-16|4|0|A token that follows the US dollar, issued in Hong Kong.
USDE|Ethena USDe|STABLECOIN|1|2.72B|2.72B|-|61M|1.0318|2023-12-20|0.9627|2024-04-13|5|0|A synthetic dollar hedged with futures.
PYUSD|PayPal USD|STABLECOIN|1|684.2M|684.2M|-|21M|1.0211|2023-10-23|0.9588|2023-12-03|4|0|The dollar token of PayPal.
`
