import type { Prompt } from '../domain/prompt.ts'

/** The interface of a language model. */
export interface LanguageModel {
  /** The name that clients see. */
  readonly name: string
  /** Returns unchecked text, or throws an `InsightFailure`. */
  write(prompt: Prompt, signal: AbortSignal): Promise<string>
}
