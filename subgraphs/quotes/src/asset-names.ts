import type { Language } from '@cnop/kit/language'

/** What assets are called in Chinese, by ticker: the usual name, then others. Services and the dashboard share it. */
const chinese: ReadonlyMap<string, readonly [string, ...string[]]> = new Map([
  ['BTC', ['比特币']],
  ['ETH', ['以太坊', '以太币']],
  ['USDT', ['泰达币']],
  ['BNB', ['币安币']],
  ['SOL', ['索拉纳']],
  ['XRP', ['瑞波币']],
  ['DOGE', ['狗狗币']],
  ['ADA', ['艾达币', '卡尔达诺']],
  ['TRX', ['波场']],
  ['AVAX', ['雪崩']],
  ['DOT', ['波卡']],
  ['SHIB', ['柴犬币']],
  ['BCH', ['比特币现金', '比特现金']],
  ['LTC', ['莱特币']],
  ['ICP', ['互联网计算机']],
  ['XMR', ['门罗币']],
  ['ETC', ['以太坊经典', '以太经典']],
  ['XLM', ['恒星币']],
  ['FIL', ['文件币']],
  ['VET', ['唯链']],
  ['CAKE', ['薄饼']],
  ['SUSHI', ['寿司']],
  ['EOS', ['柚子']],
  ['NEO', ['小蚁']],
  ['CFX', ['树图']],
  ['ZEC', ['大零币']],
  ['DASH', ['达世币']],
  ['WLD', ['世界币']],
  ['BTT', ['比特流']],
])

type Named = { readonly id: string; readonly name: string }

/** The name of an asset in a language, where it has one there. */
export const nameIn = (language: Language, { id, name }: Named): string =>
  (language === 'zh-CN' ? chinese.get(id)?.[0] : undefined) ?? name

/** Everything that an asset is found by, each a whole name. */
export const namesOf = ({ id, name }: Named) => [...[id, name, ...(chinese.get(id) ?? [])]]
