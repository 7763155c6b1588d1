/** The payloads of a stream's `next` events (GraphQL over server-sent events, distinct connections mode). */
export async function* readEvents({ body }: Response): AsyncGenerator {
  if (!body) return
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  try {
    let text = ''
    for (;;) {
      const { value, done } = await reader.read()
      if (done) return
      const blocks = `${text}${value}`.split('\n\n')
      text = blocks.pop() ?? ''
      for (const block of blocks) {
        const lines = block.split('\n')
        if (lines.includes('event: complete')) return
        const data = lines.filter((line) => line.startsWith('data: ')).map((line) => line.slice(6))
        if (lines.includes('event: next')) yield JSON.parse(data.join('\n'))
      }
    }
  } finally {
    await reader.cancel()
  }
}
