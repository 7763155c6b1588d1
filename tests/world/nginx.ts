import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type Child, findOnPath, freeLoopbackPort, startChild, stopChild } from '@cnop/kit/child'

export interface RunningNginx {
  readonly origin: string
  stop(): Promise<void>
}

interface NginxOptions {
  readonly upstreamPort: number
  /** The folder of static files. */
  readonly root: string
}

/** The image's own configuration. */
export const nginxConfiguration = (): string =>
  readFileSync(new URL('../../ops/docker/nginx.conf', import.meta.url), 'utf8')

/** A real nginx with the image's configuration, except for addresses. */
export async function startNginx({ upstreamPort, root }: NginxOptions): Promise<RunningNginx> {
  const binary = findOnPath('nginx')
  if (!binary) throw new Error('This test needs nginx: install it (apt-get install nginx-light).')
  const directory = mkdtempSync(join(tmpdir(), 'cnop-nginx-'))
  // The workers of nginx run as “nobody” when its master is root.
  chmodSync(directory, 0o755)
  cpSync(root, join(directory, 'html'), { recursive: true })
  chmodSync(join(directory, 'html'), 0o755)
  const port = await freeLoopbackPort()
  const origin = `http://127.0.0.1:${port}`
  const file = join(directory, 'nginx.conf')
  const text = `daemon off;\n${nginxConfiguration()}`
    .replaceAll('/tmp/', `${directory}/`)
    .replace('server router:8080;', `server 127.0.0.1:${upstreamPort};`)
    .replace('listen 3000;', `listen 127.0.0.1:${port};`)
    .replace('root /usr/share/nginx/html;', `root ${directory}/html;`)
  writeFileSync(file, text)
  const nginx = await startChild(binary, ['-c', file, '-p', directory])
  await waitFor(origin, nginx)
  return {
    origin,
    stop: async () => {
      await stopChild(nginx)
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

async function waitFor(origin: string, nginx: Child): Promise<void> {
  for (let attempt = 0; attempt < 500; attempt++) {
    const isUp = await fetch(origin).then(
      () => true,
      () => false,
    )
    if (isUp) return
    await delay(10)
  }
  throw new Error(`nginx did not start: ${nginx.lastOutput()}`)
}
