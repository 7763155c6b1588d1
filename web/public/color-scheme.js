// Sets the colour scheme before the first paint; a file of its own, because the CSP allows no inline script.
const page = globalThis.document.documentElement
const saved = globalThis.localStorage.getItem('mantine-color-scheme-value')
const prefersDark = globalThis.matchMedia('(prefers-color-scheme: dark)').matches
const scheme = saved === 'light' || saved === 'dark' ? saved : prefersDark ? 'dark' : 'light'
page.setAttribute('data-mantine-color-scheme', scheme)
