import { FeedUnavailable } from './market-feed.ts'

/** Reads a body up to a size; a larger one is refused while it is still coming. */
export async function readText(response: Response, maxBytes: number): Promise<string> {
  if (!response.body) return ''
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.length
    if (size > maxBytes) throw new FeedUnavailable('The market-data service sent too much.')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
