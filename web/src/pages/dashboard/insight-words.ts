/** The sentences of the rules (`subgraphs/insights/src/domain`), which come in English with their figures in them. */
const messages = [
  /*i18n*/ 'Cash makes up {share} of your portfolio.',
  /*i18n*/ 'Cash makes up {share} of your portfolio, of which {held} waits in open orders.',
  /*i18n*/ 'Stablecoins make up {share} of your portfolio.',
  /*i18n*/ '{asset} makes up {share} of your portfolio.',
  /*i18n*/ 'Your holdings together lost {change} over the last 24 hours.',
  /*i18n*/ 'Your holdings together gained {change} over the last 24 hours.',
  /*i18n*/ 'Your {asset} lost {change} over the last 24 hours.',
  /*i18n*/ 'Your {asset} gained {change} over the last 24 hours.',
  /*i18n*/ 'You made {trades} trades within 24 hours, worth {worth}.',
  /*i18n*/ 'You made at least {trades} trades within 24 hours.',
  /*i18n*/ '{asset} is worth {amount} ({share}) less than you paid for it.',
  /*i18n*/ '{asset} is worth {amount} ({share}) more than you paid for it.',
  /*i18n*/ 'Your portfolio is spread over {assets} assets; the largest makes up {share}.',
  /*i18n*/ 'Your portfolio is spread over {assets} assets of {least} or more; the largest makes up {share}.',
  /*i18n*/ 'Your portfolio is worth {total}, all of it in cash.',
  /*i18n*/ 'Your portfolio is worth {total}, all of it in {assets} asset.',
  /*i18n*/ 'Your portfolio is worth {total}, all of it in {assets} assets.',
  /*i18n*/ 'Your portfolio is worth {total}: {cash} ({share}) in cash and the rest in {assets} asset.',
  /*i18n*/ 'Your portfolio is worth {total}: {cash} ({share}) in cash and the rest in {assets} assets.',
  /*i18n*/ 'None of your holdings has a current price, so your portfolio cannot be valued right now.',
  /*i18n*/ 'Its value comes back as soon as the market quotes them again.',
  /*i18n*/ 'There is nothing in your portfolio yet.',
  /*i18n*/ 'Deposit some cash to begin, and this is where you will read what stands out.',
  /*i18n*/ 'Nothing in it stands out right now.',
  // The last part of the first sentence, where it has one.
  /*i18n*/ '{whole}; {holdings} holding without a current price left out.',
  /*i18n*/ '{whole}; {holdings} holdings without a current price left out.',
]

const escape = (text: string): string => text.replace(/[.()]/g, String.raw`\$&`)

/** What stands in the place of a value: a ticker, a figure, or the whole, which is a sentence without its end. */
const valuePatterns: Readonly<Record<string, string>> = { asset: '[A-Z0-9]+', whole: '.+' }

const patterns = messages.map((id) => ({
  id,
  pattern: new RegExp(
    `^${escape(id).replace(/\{(\w+)\}/g, (_, name: string) => `(?<${name}>${valuePatterns[name] ?? '[^ ;]+'})`)}$`,
  ),
}))

type Values = Readonly<Record<string, string>>
/** Translates a message of the catalogue. */
type Translate = (id: string, values: Values) => string

/** A sentence in the language of the page; one that is not known, such as a language model's, as it is. */
function saySentence(sentence: string, translate: Translate): string {
  for (const { id, pattern } of patterns) {
    const found = pattern.exec(sentence)
    if (!found) continue
    const values = found.groups ?? {}
    const { whole } = values
    if (whole === undefined) return translate(id, values)
    // Its end belongs to the last part.
    return translate(id, { ...values, whole: saySentence(`${whole}.`, translate).slice(0, -1) })
  }
  return sentence
}

/** The text of an insight in the language of the page. */
export const sayInsight = (text: string, translate: Translate): string =>
  text
    .split(/(?<=[.!?]) /)
    .map((sentence) => saySentence(sentence, translate))
    .reduce((before, sentence) => translate(/*i18n*/ '{before} {sentence}', { before, sentence }))
