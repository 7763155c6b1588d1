import type { Prompt } from '../domain/prompt.ts'

/** A language model, as the rest of the service knows it. */
export interface LanguageModel {
  /** The name that clients see. */
  readonly name: string
  /** Answers with text that no one has judged yet, or throws an `InsightFailure`. */
  write(prompt: Prompt, signal: AbortSignal): Promise<string>
}
