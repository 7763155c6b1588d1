/** The other assets of the simulated market, one a line; `listings.ts` names the columns. */
export const smallListings = `
TUSD|TrueUSD|STABLECOIN|1|494.6M|494.6M|-|34M|1.0619|2018-08-26|0.9284|2023-08-03|6|0|A token that follows the US dollar with daily attestations.
FRAX|Frax|STABLECOIN|1|647.2M|647.2M|-|9.6M|1.0421|2021-02-07|0.8745|2023-03-11|6|0|A dollar token backed by stablecoins and bonds.
LUSD|Liquity USD|STABLECOIN|1|72.4M|72.4M|-|3.8M|1.1502|2021-04-05|0.8962|2022-02-09|7|0|A dollar token borrowed against ether alone.
EURC|EURC|STABLECOIN|1.084|38.6M|38.6M|-|8.4M|1.1942|2023-02-02|0.9941|2022-10-14|35|0|A token that follows the euro.
GUSD|Gemini Dollar|STABLECOIN|1|92.6M|92.6M|-|2.2M|1.0921|2018-10-11|0.9254|2021-10-12|6|0|A regulated dollar token of the Gemini exchange.
QNT|Quant|ALTCOIN|71.8|14.54M|14.88M|14.88M|18M|427.42|2021-09-11|0.215773|2018-08-23|220|105|Software that lets enterprises join several ledgers.
FLOW|Flow|ALTCOIN|0.618|1.52B|1.52B|-|21M|42.4|2021-04-05|0.391969|2023-09-11|230|120|A blockchain for games and collectables.
EGLD|MultiversX|ALTCOIN|28.9|27.2M|27.2M|31.4M|21M|545.64|2021-11-23|6.51|2020-10-07|240|125|A sharded blockchain with its own virtual machine.
AXS|Axie Infinity|ALTCOIN|5.24|149.8M|270M|270M|34M|164.9|2021-11-06|0.123718|2020-11-06|270|130|The token of a game of small fighting creatures.
SAND|The Sandbox|ALTCOIN|0.284|2.35B|3B|3B|36M|8.4|2021-11-25|0.02897764|2020-11-04|260|130|The token of a world made by its players.
MANA|Decentraland|ALTCOIN|0.296|1.91B|2.19B|-|24M|5.85|2021-11-25|0.00923681|2017-10-31|250|130|The token of a virtual world owned by its users.
XTZ|Tezos|ALTCOIN|0.712|997.8M|1.02B|-|16M|9.12|2021-10-04|0.350476|2018-12-07|210|115|A blockchain that amends its own rules by vote.
EOS|EOS|ALTCOIN|0.512|1.5B|2.1B|2.1B|62M|22.71|2018-04-29|0.4|2024-08-05|220|120|A blockchain for applications with delegated validators.
NEO|NEO|ALTCOIN|10.4|70.5M|100M|100M|18M|198.38|2018-01-15|0.07824|2016-10-21|220|115|A smart-economy blockchain from China.
KAS|Kaspa|ALTCOIN|0.162|24.4B|24.4B|28.7B|42M|0.207411|2024-08-01|0.00017105|2022-05-26|270|100|A proof-of-work chain that orders blocks in a graph.
ONDO|Ondo|ALTCOIN|0.728|1.39B|10B|10B|164M|1.48|2024-06-03|0.082171|2024-01-18|310|135|The token of a house for tokenised bonds.
ENS|Ethereum Name Service|ALTCOIN|21.2|33.2M|100M|100M|78M|83.4|2021-11-11|6.69|2023-10-19|290|135|Readable names for addresses of Ethereum.
CRV|Curve DAO|ALTCOIN|0.318|1.22B|2.12B|3.03B|82M|15.37|2020-08-14|0.180354|2024-08-05|290|135|The governance token of an exchange for like assets.
SNX|Synthetix|ALTCOIN|1.58|327.8M|327.8M|-|32M|28.53|2021-02-14|0.0347864|2019-01-06|270|135|A protocol for synthetic assets and derivatives.
COMP|Compound|ALTCOIN|48.6|8.6M|10M|10M|34M|910.54|2021-05-12|25.74|2023-06-10|240|120|The governance token of an early lending market.
DYDX|dYdX|ALTCOIN|1.08|612.4M|956.9M|1B|41M|4.52|2024-03-07|0.825964|2024-08-05|290|140|The token of an exchange for perpetual futures.
GALA|GALA|ALTCOIN|0.0216|36.8B|36.8B|50B|112M|0.824837|2021-11-26|0.00013475|2020-12-28|300|145|The token of a company of game makers.
CHZ|Chiliz|ALTCOIN|0.0648|8.89B|8.89B|-|41M|0.878633|2021-03-13|0.00410887|2019-09-28|240|120|The token behind the fan tokens of sports clubs.
LUNC|Terra Classic|ALTCOIN|0.00009126|5.66T|6.63T|-|24M|119.18|2022-04-05|0.0000009997|2022-05-13|320|130|The remains of the first Terra chain.
WLD|Worldcoin|ALTCOIN|1.92|436.6M|10B|10B|196M|11.74|2024-03-10|0.973104|2023-09-13|350|150|The token of a network that tells people from machines.
FET|Artificial Superintelligence Alliance|ALTCOIN|1.34|2.52B|2.63B|2.72B|162M|3.45|2024-03-28|0.00816959|2020-03-13|330|150|The token of an alliance for open artificial intelligence.
TAO|Bittensor|ALTCOIN|462|7.35M|21M|21M|124M|757.6|2024-04-11|30.83|2023-05-14|320|140|A market in which machine-learning models earn.
AR|Arweave|ALTCOIN|22.8|65.5M|65.5M|66M|62M|89.24|2021-11-05|0.298788|2020-01-31|290|140|Storage that is paid once and kept for ever.
BEAM|Beam|ALTCOIN|0.0168|49.5B|62.4B|62.4B|12M|0.04416304|2024-03-10|0.00433894|2023-10-29|300|140|A network for games on its own chain.
CFX|Conflux|ALTCOIN|0.158|4.32B|5.33B|-|32M|1.7|2021-03-27|0.02199898|2022-12-30|290|140|A tree-graph blockchain with roots in China.
MINA|Mina Protocol|ALTCOIN|0.512|1.14B|1.19B|-|18M|9.09|2021-06-01|0.347686|2024-08-05|260|130|A blockchain whose proof stays as small as a few messages.
ZEC|Zcash|ALTCOIN|38.4|16.3M|16.3M|21M|46M|3191.93|2016-10-29|15.97|2024-07-05|260|105|A currency with private transactions by zero-knowledge proofs.
DASH|Dash|ALTCOIN|26.2|11.9M|11.9M|18.9M|32M|1493.59|2017-12-20|0.213899|2014-02-14|210|105|An early currency for instant payments.
IOTA|IOTA|ALTCOIN|0.138|3.35B|4.48B|-|11M|5.25|2017-12-19|0.08263|2023-09-11|230|120|A ledger for machines without miners or fees.
KAVA|Kava|ALTCOIN|0.342|1.08B|1.08B|-|14M|9.12|2021-08-30|0.251967|2024-08-05|240|125|A chain that joins Cosmos and Ethereum.
ZIL|Zilliqa|ALTCOIN|0.0142|18.7B|21B|21B|12M|0.255376|2021-05-06|0.00239616|2020-03-13|240|125|The first public blockchain with sharding.
BAT|Basic Attention Token|ALTCOIN|0.182|1.49B|1.5B|1.5B|18M|1.9|2021-11-28|0.072394|2017-07-16|210|115|The token that rewards readers of the Brave browser.
ENJ|Enjin Coin|ALTCOIN|0.158|1.76B|1.76B|-|9.8M|4.82|2021-11-25|0.0186605|2017-11-12|250|130|A chain for items of games.
1INCH|1inch|ALTCOIN|0.276|1.26B|1.5B|1.5B|18M|8.65|2021-10-27|0.195447|2023-06-10|250|130|The token of a router between decentralised exchanges.
YFI|yearn.finance|ALTCOIN|5180|33.4K|36.67K|36.67K|14M|90786.9|2021-05-12|31.65|2020-07-18|220|115|Vaults that look for yield by themselves.
SUSHI|Sushi|ALTCOIN|0.612|191.6M|283.8M|-|26M|23.38|2021-03-13|0.464377|2024-08-05|270|130|A community-run decentralised exchange.
LRC|Loopring|ALTCOIN|0.142|1.37B|1.37B|1.37B|16M|3.75|2021-11-10|0.01963893|2019-12-18|250|130|The token of a zero-knowledge rollup for trading.
ANKR|Ankr|ALTCOIN|0.0262|10B|10B|10B|16M|0.213513|2021-04-15|0.00071169|2020-03-13|260|130|Shared nodes and staking for many chains.
CELO|Celo|ALTCOIN|0.524|539.6M|1B|1B|21M|9.82|2021-08-30|0.345101|2023-10-12|250|125|A chain for payments by mobile phone.
ROSE|Oasis|ALTCOIN|0.0682|6.71B|10B|10B|18M|0.597347|2022-01-15|0.02792948|2020-11-05|270|135|A chain with confidential smart contracts.
JASMY|JasmyCoin|ALTCOIN|0.0212|49.4B|50B|50B|52M|4.79|2021-02-16|0.00275026|2022-12-29|340|145|A token of a Japanese market for personal data.
BLUR|Blur|ALTCOIN|0.186|1.84B|3B|3B|34M|5.02|2023-02-14|0.126454|2024-08-05|310|140|The token of a market for collectables.
PENDLE|Pendle|ALTCOIN|3.62|160.6M|258.4M|281.5M|62M|7.5|2024-04-11|0.03349173|2022-11-09|330|145|A market that splits yield from principal.
STRK|Starknet|ALTCOIN|0.426|1.64B|10B|10B|46M|4.41|2024-02-20|0.327|2024-08-05|300|140|The token of a rollup with validity proofs.
ZRO|LayerZero|ALTCOIN|3.94|110M|1B|1B|82M|7.47|2024-12-06|2.45|2024-08-05|310|135|The token of a messenger between blockchains.
CAKE|PancakeSwap|ALTCOIN|1.92|277.6M|382.6M|450M|38M|43.96|2021-04-30|0.194441|2020-11-03|230|120|The token of the main exchange of BNB Chain.
MOG|Mog Coin|ALTCOIN|0.00000162|390.6T|390.6T|420.7T|28M|0.000004|2024-12-08|0.00000000985|2023-07-24|430|170|A meme token of cats that win.
BTT|BitTorrent|ALTCOIN|0.000000918|968.2T|990T|990T|21M|0.00000343|2022-01-21|0.000000365|2023-10-13|180|95|The token of the old file-sharing network.
BABYDOGE|Baby Doge Coin|ALTCOIN|0.00000000172|-|-|-|6.4M|0.00000000631|2024-12-09|0.00000000012|2021-06-09|360|150|A meme token with a very large supply.
QUACK|RichQUACK|ALTCOIN|0.00000000031|-|-|-|0.6M|0.0000000042|2021-12-10|0.00000000005|2021-06-11|380|150|A meme token worth less than a billionth of a dollar.
`
