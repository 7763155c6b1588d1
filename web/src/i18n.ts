import { firstLanguage, type Language } from '@cnop/kit/language'
import { type Messages, setupI18n } from '@lingui/core'
import { compileMessage } from '@lingui/message-utils/compileMessage'

const storedName = 'cnop-language'

/** The choice that this browser stores, else the first of its languages that the app has, else English. */
function findLanguage(): Language {
  // Tests of what needs no page run where there is no browser.
  if (typeof document === 'undefined') return 'en'
  const chosen = localStorage.getItem(storedName)
  return firstLanguage([...(chosen === null ? [] : [chosen]), ...navigator.languages])
}

export const language = findLanguage()

// Every other file of the app waits for this one: what has arrived by now is taken in before they are read, which takes a
// slow machine a while.
if (typeof document !== 'undefined') await new Promise((resolve) => setTimeout(resolve))

/** An English message is its own id, so English has no catalogue; the others are loaded by their readers only. */
const catalogues: Readonly<Record<Exclude<Language, 'en'>, () => Promise<Messages>>> = {
  'zh-CN': async () => (await import('./locales/zh-CN/messages.ts')).messages,
}

/** Without its catalogue, which may be missing while the network is, a page is in English rather than empty. */
const messages: Messages = language === 'en' ? {} : await catalogues[language]().catch(() => ({}))

type Compiled = ReturnType<typeof compileMessage>

/** Messages are literals of the source, so there is an end to them. */
const compiled = new Map<string, Compiled>()

/** What only a parser understands: arguments, and the quotes and number signs within them. */
const isPattern = /[{}'#]/

function compile(message: string): Compiled {
  if (!isPattern.test(message)) return [message]
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
