/** Exits 0 when the process of this container answers. HEALTH_URL says where; the router's own address by default. */
const url = process.env['HEALTH_URL'] ?? 'http://127.0.0.1:8080/health'

try {
  const { ok } = await fetch(url, { signal: AbortSignal.timeout(2_500) })
  process.exitCode = ok ? 0 : 1
} catch {
  process.exitCode = 1
}
