/** The languages that people are written to. Services and the dashboard share it, so nothing here depends on Node or on a browser. */

/** Each by its own name. */
export const languages = { en: 'English', 'zh-CN': '简体中文' } as const
export type Language = keyof typeof languages

export const isLanguage = (tag: string): tag is Language => Object.hasOwn(languages, tag)

/** Readers of traditional characters are better served in English than by simplified ones that nobody asked for. */
const forms: readonly (readonly [Language, RegExp])[] = [
  ['en', /^en(-|$)/i],
  ['zh-CN', /^zh(?!-(hant|tw|hk|mo))(-|$)/i],
]

/** The first of a reader's languages, such as `zh-Hans-CN`, that there are texts in, else English. */
export function firstLanguage(tags: readonly string[]): Language {
  const known = tags.map((tag) => forms.find(([, form]) => form.test(tag))?.[0])
  return known.find((language) => language !== undefined) ?? 'en'
}

/** The locale of numbers. */
export const numberLocale = (language: Language): string => (language === 'en' ? 'en-US' : language)

/** The locale of dates and times: English ones are written day first, in 24 hours. */
export const dateLocale = (language: Language): string => (language === 'en' ? 'en-GB' : language)
