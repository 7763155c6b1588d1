/** Like `fetch`, but an error names the address that did not answer, and why. */
export async function reach(url: string | URL, init?: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    const { cause } = error
    const reason = cause instanceof Error && cause.message !== '' ? cause.message : error.message
    throw new Error(`${new URL(url).origin} does not answer: ${reason}`, { cause: error })
  }
}
