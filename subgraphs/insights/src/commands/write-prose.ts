import { toIso } from '@cnop/kit/clock'
import type { Log } from '@cnop/kit/log'
import type { Deps, Writing } from '../deps.ts'
import { checkProse } from '../domain/check-prose.ts'
import { InsightFailure, InsightUnavailable } from '../domain/errors.ts'
import type { Prompt } from '../domain/prompt.ts'
import { logCacheFailed, logFailed, logRejected, logWritten } from '../events.ts'
import type { LanguageModel } from '../model/language-model.ts'
import { type Prose, saveProse } from '../store/kept-prose.ts'

export interface Assignment {
  readonly key: string
  readonly prompt: Prompt
  readonly total: bigint
}

const failed = (failure: InsightFailure): Writing => ({ isWritten: false, failure })

async function keep(deps: Deps, key: string, prose: Prose, log: Log): Promise<void> {
  try {
    await saveProse(deps.cache, key, prose, deps.cacheSeconds)
  } catch (error) {
    logCacheFailed(log, error)
  }
}

/** Requests a text, checks it and caches it. Never throws: the caller may have left. */
export async function writeProse(
  deps: Deps,
  model: LanguageModel,
  { key, prompt, total }: Assignment,
  { log, signal }: { readonly log: Log; readonly signal: AbortSignal },
): Promise<Writing> {
  const startedAt = deps.now()
  try {
    const checked = checkProse(await model.write(prompt, signal), prompt)
    if (!checked.isGood) {
      logRejected(log, model.name, checked.fault)
      return failed(new InsightUnavailable('The language model’s text did not keep to the facts.'))
    }
    const prose = { text: checked.text, model: model.name, generatedAt: toIso(deps.now()), total }
    await keep(deps, key, prose, log)
    logWritten(log, model.name, deps.now() - startedAt)
    return { isWritten: true, prose }
  } catch (error) {
    const failure = error instanceof InsightFailure ? error : new InsightUnavailable()
    logFailed(log, model.name, failure)
    return failed(failure)
  }
}
