import {
  GoogleGenerativeAI,
  GoogleGenerativeAIFetchError,
  type GenerateContentRequest,
} from '@google/generative-ai'
import { z } from 'zod'
import {
  InsightBlocked,
  type InsightFailure,
  InsightRateLimited,
  InsightUnavailable,
} from '../domain/errors.ts'
import type { Prompt } from '../domain/prompt.ts'
import type { LanguageModel } from './language-model.ts'

export interface GeminiOptions {
  readonly apiKey: string
  readonly model: string
  /** Google's own address unless given. */
  readonly baseUrl: string | undefined
}

const generation = {
  temperature: 0.4,
  candidateCount: 1,
  // Models that think spend this on their thoughts too; how long the text may be is checked afterwards.
  maxOutputTokens: 2048,
} as const

const blockedFinishes = new Set([
  'SAFETY',
  'RECITATION',
  'LANGUAGE',
  'BLOCKLIST',
  'PROHIBITED_CONTENT',
  'SPII',
])

const part = z
  .object({ text: z.string().default(''), thought: z.boolean().default(false) })
  .transform(({ text, thought }) => (thought ? '' : text))

const candidate = z.object({
  finishReason: z.string().default('STOP'),
  content: z.object({ parts: z.array(part).default([]) }).default({ parts: [] }),
})

const answer = z.object({
  candidates: z.array(candidate).default([]),
  promptFeedback: z.object({ blockReason: z.string().optional() }).default({}),
})

const tooMany = 429
const serverErrors = 500

function toFailure(error: unknown): InsightFailure {
  if (!(error instanceof GoogleGenerativeAIFetchError) || error.status === undefined) {
    return new InsightUnavailable('The language model cannot be reached.', true)
  }
  if (error.status === tooMany) return new InsightRateLimited()
  return error.status >= serverErrors
    ? new InsightUnavailable('The language model does not work now.', true)
    : new InsightUnavailable('The language model does not accept requests.')
}

/** Reads the answer itself rather than by the client's accessors, which trust its form. */
function readText(response: unknown): string {
  const parsed = answer.safeParse(response)
  if (!parsed.success)
    throw new InsightUnavailable('The language model’s answer is malformed.', true)
  const { candidates, promptFeedback } = parsed.data
  const first = candidates.at(0)
  if (promptFeedback.blockReason !== undefined) throw new InsightBlocked()
  if (first && blockedFinishes.has(first.finishReason)) throw new InsightBlocked()
  const text = first?.content.parts.join('') ?? ''
  if (first?.finishReason === 'MAX_TOKENS' || text.trim() === '') {
    throw new InsightUnavailable('The language model’s answer is incomplete.')
  }
  return text
}

function toRequest({ facts }: Prompt): GenerateContentRequest {
  return { contents: [{ role: 'user', parts: [{ text: facts }] }] }
}

/** Google's Gemini; the only file that uses its client library. */
export function createGemini({ apiKey, model, baseUrl }: GeminiOptions): LanguageModel {
  const client = new GoogleGenerativeAI(apiKey)
  return {
    name: model,
    write: async (prompt, signal) => {
      // The library overlooks a signal that was aborted before the call.
      if (signal.aborted) throw new InsightUnavailable()
      const generative = client.getGenerativeModel(
        { model, generationConfig: generation, systemInstruction: prompt.instructions },
        baseUrl === undefined ? {} : { baseUrl },
      )
      // No `timeout` option: the library never clears its timer. The signal carries the deadline.
      const { response } = await generative
        .generateContent(toRequest(prompt), { signal })
        .catch((error: unknown) => {
          throw toFailure(error)
        })
      return readText(response)
    },
  }
}
