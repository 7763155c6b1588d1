import type { Subgraph } from '@cnop/kit/subgraph'
import { SubgraphFailure, tooLarge } from './failure.ts'
import { type LinkOptions, openCopy, probeDeadlineMs } from './copy.ts'
import { signedLink, type SubgraphLink } from './links.ts'
import type { Send } from './post.ts'

/** Rejects at the deadline; the work continues, as a hosted subgraph cannot be interrupted. */
async function within<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () =>
        reject(
          new SubgraphFailure(`No answer within ${timeoutMs} ms.`, 'timeout', { isSent: true }),
        ),
      timeoutMs,
    )
  })
  try {
    return await Promise.race([work, timeout])
  } finally {
    clearTimeout(timer)
  }
}

/** A link to a subgraph in this process: the same signature and JSON, no socket. */
export function hostedLink(subgraph: Subgraph, options: LinkOptions): SubgraphLink {
  const send: Send = async ({ headers, body, timeoutMs }) => {
    const reply = await within(subgraph.handle({ headers, body }), timeoutMs)
    if (hasMoreBytes(reply.body, options.mostAnswerBytes)) throw tooLarge(subgraph.name)
    return reply
  }
  const probe = async (): Promise<boolean> => {
    const checks = await within(subgraph.health(), probeDeadlineMs)
    return Object.values(checks).every((check) => check === 'ok')
  }
  const parts = { name: 'hosted', send, probe, close: () => subgraph.close() }
  const copy = openCopy(options, parts)
  return signedLink(options, { list: () => [copy], notice: () => undefined, close: copy.close })
}

/** A character takes one to three bytes, so the length decides for most texts. */
const hasMoreBytes = (text: string, most: number): boolean =>
  text.length > most || (text.length * 3 > most && Buffer.byteLength(text) > most)
