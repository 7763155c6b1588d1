import type { Response } from 'express'

/** What logs and metrics say of a client that left before its answer was complete; no client ever reads it. */
export const clientClosedRequest = 499

/** Calls back once, with the status of the answer, or 499 when the connection closed before the answer was complete. */
export function onceAnswered(response: Response, note: (status: number) => void): void {
  let isNoted = false
  const noteOnce = (status: number): void => {
    if (!isNoted) note(status)
    isNoted = true
  }
  response.once('finish', () => noteOnce(response.statusCode))
  response.once('close', () => noteOnce(clientClosedRequest))
}
