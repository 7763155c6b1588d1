// Runs before anything else of the page; a file of its own, because the CSP allows no inline script.
{
  const {
    AbortSignal,
    document,
    fetch,
    localStorage,
    location,
    matchMedia,
    performance,
    Response,
  } = globalThis

  // The colour scheme, before the first paint.
  const chosen = localStorage.getItem('mantine-color-scheme-value')
  const isDark =
    chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.dataset.mantineColorScheme = isDark ? 'dark' : 'light'

  // What the code of the page asks for first is under way while that code is: `src/api/early.ts` hands the answers over.
  const answers = new Map()
  const owner = localStorage.getItem('cnop-was-signed-in')
  const pages = JSON.parse(document.currentScript.dataset.pages ?? '[]')
  const page = pages.find(({ path }) => new RegExp(path, 'i').test(location.pathname))

  const ask = (path, headers, body) => {
    const sent = fetch(path, {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'content-type': 'application/json', ...headers },
      body,
      signal: AbortSignal.timeout(15_000),
    })
    // Read whole, so that its connection is free for the next one.
    const whole = sent.then(async (answer) => ({ answer, text: await answer.text() }))
    const response = whole.then(({ answer, text }) => new Response(text, answer))
    // Whoever takes it learns of its failure.
    response.catch(() => undefined)
    answers.set([path, headers.authorization ?? '', body].join(' '), response)
    return whole
  }

  const read = (bodies, headers) => {
    // A filter in the address is for the page to read.
    if (!page || location.search !== '') return
    const [, id = ''] = new RegExp(page.path, 'i').exec(location.pathname) ?? []
    const monthAgo = new Date(Date.now() - 30 * 86_400_000).toISOString().slice(0, 10)
    for (const body of bodies) {
      const filled = body.replaceAll('$ID', id.toUpperCase()).replaceAll('$MONTH_AGO', monthAgo)
      ask('/graphql', { accept: 'application/json', ...headers }, filled).catch(() => undefined)
    }
  }

  const resume = async () => {
    const { answer, text } = await ask('/auth/refresh', {}, '{}')
    if (!answer.ok || !page) return
    const authorization = `Bearer ${JSON.parse(text).accessToken}`
    read([...page.reads, ...page.own], { authorization })
  }

  if (owner === null) read(page?.reads ?? [], {})
  else resume().catch(() => undefined)
  for (const href of page?.files ?? []) {
    const link = document.createElement('link')
    Object.assign(link, { rel: 'modulepreload', href, crossOrigin: '' })
    document.head.append(link)
  }
  globalThis.early = { owner, atMs: performance.now(), answers }
}
