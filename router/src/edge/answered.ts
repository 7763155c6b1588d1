import type { Socket } from 'node:net'
import { PassingMap } from '@cnop/kit/passing-map'
import type { Response } from 'express'

/** The status in logs and metrics of a client that disconnected before the response was complete. */
export const clientClosedRequest = 499

/** What waits for the end of a connection: Node closes no response that waits behind another one of its connection. */
const waiting = new WeakMap<Socket, PassingMap<() => void, true>>()

function callbacksOf(socket: Socket): PassingMap<() => void, true> {
  const known = waiting.get(socket)
  if (known) return known
  const callbacks = new PassingMap<() => void, true>()
  waiting.set(socket, callbacks)
  socket.once('close', () => {
    for (const callback of callbacks.keys()) callback()
  })
  return callbacks
}

/** Whether nothing can be sent any more. Work that a stage awaited may end later than its client's connection. */
export const isClosed = (response: Response): boolean =>
  response.closed || response.req.socket.destroyed

/**
 * Calls back once when the response is complete or its connection is closed, in whatever order that is known: at once if it
 * has happened before, and also for a response that waits behind another one of its connection.
 */
export function onceClosed(response: Response, note: () => void): void {
  if (isClosed(response)) {
    note()
    return
  }
  const callbacks = callbacksOf(response.req.socket)
  const noteOnce = (): void => {
    if (callbacks.delete(noteOnce)) note()
  }
  callbacks.set(noteOnce, true)
  response.once('close', noteOnce)
}

/** Calls back once with the status of the response, or with 499 if the connection closed before it was complete. */
export function onceAnswered(response: Response, note: (status: number) => void): void {
  let isNoted = false
  const noteOnce = (status: number): void => {
    if (!isNoted) note(status)
    isNoted = true
  }
  response.once('finish', () => noteOnce(response.statusCode))
  onceClosed(response, () => noteOnce(clientClosedRequest))
}

/** A signal that aborts when the connection closes before the response is complete. */
export function whenClientLeaves(response: Response): AbortSignal {
  const controller = new AbortController()
  onceClosed(response, () => {
    if (!response.writableFinished) controller.abort(new Error('The client closed the connection.'))
  })
  return controller.signal
}
