import { plainSearch } from '@cnop/kit/search'

/** Chinese words that begin a command, in any language of the app; a word stands before those that it begins with. */
const verbs = [
  ...(['买入', '买进', '购买', '买'] as const).map((verb) => [verb, 'buy'] as const),
  ...(['卖出', '卖掉', '出售', '卖'] as const).map((verb) => [verb, 'sell'] as const),
  ...(['提醒', '预警'] as const).map((verb) => [verb, 'alert'] as const),
  ...(['存入', '充值', '存'] as const).map((verb) => [verb, 'deposit'] as const),
  ...(['提取', '提现', '取出', '取'] as const).map((verb) => [verb, 'withdraw'] as const),
]

/** Chinese words within a command. Those without a meaning only join the others. */
const particles = new Map([
  ...(['价格', '限价'] as const).map((word) => [word, 'at'] as const),
  ...(['高于', '涨到'] as const).map((word) => [word, 'above'] as const),
  ...(['低于', '跌到'] as const).map((word) => [word, 'below'] as const),
  ...(['全部', '所有'] as const).map((word) => [word, 'all'] as const),
  ...(['美元', '美金'] as const).map((word) => [word, 'usd'] as const),
  ['一半', 'half'],
  ...(['我的', '个', '枚', '的', '到', '时'] as const).map((word) => [word, ''] as const),
])

const particle = new RegExp(`(${[...particles.keys()].join('|')})`, 'u')

/** Chinese is written without blanks: a figure, with 万 or 亿 as its part, and each known word stand apart. */
const apart = (word: string): readonly string[] =>
  word
    .split(/([-+−$]?\d[\d.,]*(?:[万亿km%](?![a-z]))?)/u)
    .flatMap((part) =>
      /\p{Script=Han}/u.test(part) && !/\d/.test(part) ? part.split(particle) : [part],
    )
    .map((part) => particles.get(part) ?? part)

/** "0.1eth" is two words, unless it is a ticker such as 1INCH. */
const figureAndName = (word: string): readonly string[] =>
  /^(\$?\d[\d.,]*%?)([a-z]{2,})$/.exec(word)?.slice(1) ?? [word]

/** The words of a text in lower case, with Chinese ones as the English that commands are read from. */
export function wordsOf(typed: string, isTicker: (word: string) => boolean): readonly string[] {
  const text = plainSearch(typed).toLowerCase()
  const [begin = '', verb = ''] = verbs.find(([chinese]) => text.startsWith(chinese)) ?? []
  return [verb, ...text.slice(begin.length).split(' ')]
    .flatMap((word) => (/\p{Script=Han}/u.test(word) ? apart(word) : [word]))
    .flatMap((word) => (isTicker(word) ? [word] : figureAndName(word)))
    .filter(Boolean)
}

/** The searched name, without the words for going there. */
export const searchOf = (typed: string): string =>
  plainSearch(typed).replace(/^(?:(?:go to|go|open|show) |(?:打开|前往) ?)(?=.)/i, '')
