import { toIso } from '@cnop/kit/clock'
import type { Log } from '@cnop/kit/log'
import type { Deps, Writing } from '../deps.ts'
import { type InsightFailure, InsightUnavailable } from '../domain/errors.ts'
import type { Facts } from '../domain/facts.ts'
import { computeFigures, type Figures } from '../domain/figures.ts'
import { findWhatStandsOut } from '../domain/findings.ts'
import { hasMovedFar } from '../domain/fingerprint.ts'
import type { Finding, Insight } from '../domain/insight.ts'
import { writePrompt } from '../domain/prompt.ts'
import { writeRulesText } from '../domain/rules-text.ts'
import { logCacheFailed, recordAnswer, recordRefusal } from '../events.ts'
import type { LanguageModel } from '../model/language-model.ts'
import { type Prose, proseKey, readProse } from '../store/kept-prose.ts'
import { type Deadline, late, startDeadline } from '@cnop/kit/deadline'
import { writeProse } from './write-prose.ts'

export interface Analysis {
  readonly username: string
  readonly facts: Facts
  /** Whether to regenerate a cached text. */
  readonly refresh: boolean
  /** The moment whose prices count. */
  readonly momentMs: number | undefined
  readonly log: Log
}

interface Studied extends Analysis {
  readonly figures: Figures
  readonly findings: readonly Finding[]
  readonly nowMs: number
}

/** A text from earlier; `isPending` while a newer one is being written. */
interface Kept {
  readonly isWritten: true
  readonly prose: Prose
  readonly isCached: true
  readonly isPending: boolean
}

type Answer = Writing | Kept

/** Describes a portfolio within a deadline: by the language model if it is fast enough, otherwise by the rules. */
export async function analysePortfolio(deps: Deps, analysis: Analysis): Promise<Insight> {
  try {
    const insight = await analyse(deps, analysis)
    recordAnswer(deps.answers, insight)
    return insight
  } catch (error) {
    recordRefusal(deps.answers, error)
    throw error
  }
}

async function analyse(deps: Deps, analysis: Analysis): Promise<Insight> {
  const deadline = startDeadline(deps.answerMs)
  try {
    const studied = await study(deps, analysis, deadline)
    // An empty or worthless portfolio needs no model.
    if (studied.figures.total <= 0n) return byRules(studied)
    if (!deps.model) return instead(deps, studied)
    const answer = await deadline.race(ask(deps, deps.model, studied))
    if (answer === late) return pending(deps, studied)
    return answer.isWritten ? byModel(studied, answer) : instead(deps, studied, answer.failure)
  } finally {
    deadline.clear()
  }
}

async function study(deps: Deps, analysis: Analysis, deadline: Deadline): Promise<Studied> {
  const { facts, momentMs } = analysis
  const prices = await deadline.race(deps.quotes.asOf(momentMs))
  if (prices === late) throw new InsightUnavailable('Prices cannot be read now.')
  const nowMs = deps.now()
  const figures = computeFigures(facts, prices.quotes, deps.feeBasisPoints)
  return { ...analysis, figures, findings: findWhatStandsOut(figures, nowMs), nowMs }
}

/** The cached text while its figures are close to the current ones; otherwise a new one, shared by concurrent callers. */
async function ask(deps: Deps, model: LanguageModel, studied: Studied): Promise<Answer> {
  const { username, facts, figures, findings, nowMs, log } = studied
  const key = proseKey(username, facts, model.name)
  const kept = studied.refresh ? undefined : await readKept(deps, key, log)
  if (kept && !hasMovedFar(kept.total, figures.total)) {
    return { isWritten: true, prose: kept, isCached: true, isPending: deps.flights.isUnderWay(key) }
  }
  const prompt = writePrompt(figures, findings, nowMs)
  return deps.flights.join(key, (signal) =>
    writeProse(deps, model, { key, prompt, total: figures.total }, { log, signal }),
  )
}

async function readKept({ cache }: Deps, key: string, log: Log): Promise<Prose | undefined> {
  try {
    return await readProse(cache, key)
  } catch (error) {
    logCacheFailed(log, error)
    return undefined
  }
}

function byRules({ figures, findings, nowMs }: Studied): Insight {
  return {
    summary: writeRulesText(figures, findings),
    findings,
    engine: 'RULES',
    generatedAt: toIso(nowMs),
    isCached: false,
    isPending: false,
  }
}

/** Findings are always of now; the text says when it was written. */
function byModel({ findings }: Studied, answer: Extract<Answer, { isWritten: true }>): Insight {
  const { text, model, generatedAt } = answer.prose
  return {
    summary: text,
    findings,
    engine: 'GEMINI',
    model,
    generatedAt,
    isCached: 'isCached' in answer,
    isPending: 'isPending' in answer && answer.isPending,
  }
}

function pending({ allowsFallback }: Deps, studied: Studied): Insight {
  if (!allowsFallback) {
    throw new InsightUnavailable('The insight is still being written. Ask again in a moment.')
  }
  return { ...byRules(studied), isPending: true }
}

/** Without a failure no model was called, and the insight is not degraded. */
function instead({ allowsFallback }: Deps, studied: Studied, failure?: InsightFailure): Insight {
  if (!allowsFallback) {
    throw failure ?? new InsightUnavailable('No language model is configured.')
  }
  return { ...byRules(studied), ...(failure && { degradedReason: failure.code }) }
}
