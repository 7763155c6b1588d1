/**
 * Decodes base64url without padding (RFC 4648 §5). Undefined for any other spelling of the same bytes: decoders ignore padding,
 * blanks, unused bits of the last character and the other alphabet, and one secret must have one spelling.
 */
export function decodeBase64Url(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url')
  return bytes.toString('base64url') === text ? bytes : undefined
}

/** Whether each segment of a signed token (JWS) has its one spelling. */
export const isCanonicalToken = (token: string): boolean =>
  token.split('.').every((segment) => decodeBase64Url(segment) !== undefined)
