import type { Prompt } from '../domain/prompt.ts'

/** Something that writes prose. All that the rest of the service knows about whoever does. */
export interface LanguageModel {
  /** As clients are told. */
  readonly name: string
  /** Answers with text that no one has judged yet, or throws an `InsightFailure`. */
  write(prompt: Prompt, signal: AbortSignal): Promise<string>
}
