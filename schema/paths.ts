/**
 * The paths of the API, by their first segment. The dashboard shares its origin with the API, so what serves the
 * dashboard (the router's web port, nginx, the dev server) needs to know which requests are not for a page.
 */
export const apiSegments = [
  'api',
  'assets',
  'auth',
  'docs',
  'export',
  'graphql',
  'health',
  'metrics',
  'playground',
  'stream',
] as const

/** A page of the dashboard, with the API below it. */
const pageWithApi = 'system'

/**
 * Distinguishes the paths of the API from those of the dashboard: the source of a regular expression for JavaScript and PCRE,
 * to be matched without regard to case: another spelling is the router's to refuse.
 */
export const apiPattern = `^/((${apiSegments.join('|')})($|[/?])|${pageWithApi}/.)`

const api = new RegExp(apiPattern, 'i')

/** Whether a path, with or without its query, is the API's. */
export const isApiPath = (path: string): boolean => api.test(path)

/** The pages of the dashboard, by their first segment; each may have one segment below it. A test compares them with its routes. */
export const pageSegments = [
  '',
  'account',
  'activity',
  'dashboard',
  'market',
  'orders',
  'portfolio',
  'profile',
  'sign-in',
  'sign-up',
  'trade',
] as const

/** Distinguishes the pages of the dashboard from paths where nothing is, for JavaScript and PCRE. */
export const pagePattern = `^/((${pageSegments.join('|')})(/[^/.]*)?|${pageWithApi})/?$`

const page = new RegExp(pagePattern)

/** Whether the dashboard has a page at a path, without its query. */
export const isPagePath = (path: string): boolean => page.test(path)
