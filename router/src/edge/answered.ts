import type { Response } from 'express'

/** The status in logs and metrics of a client that disconnected before the response was complete. */
export const clientClosedRequest = 499

/** Calls back once with the status of the response, or with 499 if the connection closed before it was complete. */
export function onceAnswered(response: Response, note: (status: number) => void): void {
  let isNoted = false
  const noteOnce = (status: number): void => {
    if (!isNoted) note(status)
    isNoted = true
  }
  response.once('finish', () => noteOnce(response.statusCode))
  response.once('close', () => noteOnce(clientClosedRequest))
}

/** A signal that aborts when the connection closes before the response is complete. */
export function whenClientLeaves(response: Response): AbortSignal {
  const controller = new AbortController()
  const leave = () => {
    if (!response.writableFinished) controller.abort(new Error('The client closed the connection.'))
  }
  if (response.closed) leave()
  else response.once('close', leave)
  return controller.signal
}
