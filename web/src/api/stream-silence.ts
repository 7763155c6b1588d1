type Line = { readonly fetch: typeof fetch; readonly stop: () => void }

async function* listen(body: ReadableStream<Uint8Array>, onSound: () => void) {
  const reader = body.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    onSound()
    yield value
  }
}

/**
 * A fetch that aborts a silent response. The server sends heartbeats every few seconds, which the stream client hides.
 * A connection that is lost without an event, as in a sleeping laptop, shows only by its silence.
 */
export function audible(fetchWith: typeof fetch, silenceMs: number, onSilence: () => void): Line {
  let timer = setTimeout(onSilence, silenceMs)
  const onSound = () => {
    clearTimeout(timer)
    timer = setTimeout(onSilence, silenceMs)
  }
  return {
    fetch: async (input, init) => {
      const response = await fetchWith(input, init)
      onSound()
      if (!response.ok || !response.body) return response
      const { ok, status, statusText, headers } = response
      const body = listen(response.body, onSound)
      return { ok, status, statusText, headers, body } as unknown as Response
    },
    stop: () => clearTimeout(timer),
  }
}
