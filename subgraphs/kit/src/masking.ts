import { isErrorCode } from '@cnop/schema/codes'
import type { GraphQLFormattedError } from 'graphql'

/** What a client may see of an error: known codes pass with their details, everything else becomes INTERNAL. */
export function maskError(
  formatted: GraphQLFormattedError,
  requestId: string,
): GraphQLFormattedError {
  const { code, details, serviceName } = formatted.extensions ?? {}
  const place = { ...(formatted.path && { path: formatted.path }) }
  const service = typeof serviceName === 'string' ? { serviceName } : {}
  if (!isErrorCode(code) || code === 'INTERNAL') {
    return {
      message: 'Something went wrong on our side. Please quote the request id.',
      ...place,
      extensions: { code: 'INTERNAL', ...service, requestId },
    }
  }
  return {
    message: formatted.message,
    ...(formatted.locations && { locations: formatted.locations }),
    ...place,
    extensions: { code, ...(isDetails(details) && { details }), ...service, requestId },
  }
}

function isDetails(details: unknown): details is Readonly<Record<string, string>> {
  return typeof details === 'object' && details !== null && !Array.isArray(details)
}
