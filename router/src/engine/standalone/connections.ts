/** What becomes of a request whose connection ends before any answer. The other side may close a kept connection at any time. */
import { Client, type Dispatcher } from 'undici'

/** The connection ended before the first byte of an answer: the request may or may not have been executed. */
export class LostConnection extends Error {
  override readonly name = 'LostConnection'

  constructor(cause: unknown) {
    super('The connection ended before an answer.', { cause })
  }
}

const lostCodes: readonly unknown[] = ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']

/** Whether an error before an answer says that the connection ended. */
export function isLoss(error: unknown): boolean {
  return lostCodes.includes((error as { readonly code?: unknown } | null)?.code)
}

/** Sends over a new connection, which cannot have been closed while idle. */
export async function overNewConnection<T>(
  origin: string,
  options: Client.Options,
  send: (connection: Dispatcher) => Promise<T>,
): Promise<T> {
  const connection = new Client(origin, options)
  try {
    return await send(connection)
  } finally {
    await connection.destroy()
  }
}
