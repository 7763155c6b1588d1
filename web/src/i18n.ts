import { type Messages, setupI18n } from '@lingui/core'
import { compileMessage } from '@lingui/message-utils/compileMessage'

/** The languages of the app, each by its own name. */
export const languages = { en: 'English', 'zh-CN': '简体中文' } as const
export type Language = keyof typeof languages

const storedName = 'cnop-language'

/** Readers of traditional characters are better served in English than by simplified ones that nobody asked for. */
const forms: readonly (readonly [Language, RegExp])[] = [
  ['en', /^en(-|$)/i],
  ['zh-CN', /^zh(?!-(hant|tw|hk|mo))(-|$)/i],
]

const languageOf = (tag: string): Language | undefined =>
  forms.find(([, form]) => form.test(tag))?.[0]

/** The choice that this browser stores, else the first of its languages that the app has, else English. */
function findLanguage(): Language {
  // Tests of what needs no page run where there is no browser.
  if (typeof document === 'undefined') return 'en'
  const chosen = languageOf(localStorage.getItem(storedName) ?? '')
  const preferred = navigator.languages.map(languageOf)
  return chosen ?? preferred.find((known) => known !== undefined) ?? 'en'
}

export const language = findLanguage()

/** An English message is its own id, so English has no catalogue; the others are loaded by their readers only. */
const catalogues: Readonly<Record<Exclude<Language, 'en'>, () => Promise<Messages>>> = {
  'zh-CN': async () => (await import('./locales/zh-CN/messages.ts')).messages,
}

/** Without its catalogue, which may be missing while the network is, a page is in English rather than empty. */
const messages: Messages = language === 'en' ? {} : await catalogues[language]().catch(() => ({}))

type Compiled = ReturnType<typeof compileMessage>

/** Messages are literals of the source, so there is an end to them. */
const compiled = new Map<string, Compiled>()

function compile(message: string): Compiled {
  const known = compiled.get(message)
  if (known) return known
  const fresh = compileMessage(message)
  compiled.set(message, fresh)
  return fresh
}

/** Texts are made with it while modules load and while pages render: its language never changes within a page. */
export const i18n = setupI18n({ locale: language, messages: { [language]: messages } })
i18n.setMessagesCompiler(compile)

if (typeof document !== 'undefined') document.documentElement.lang = language

/** Stores the choice and loads the page again in that language. Forms keep their drafts, or ask first. */
export function chooseLanguage(chosen: Language): void {
  localStorage.setItem(storedName, chosen)
  window.location.reload()
}
