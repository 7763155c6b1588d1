/** Gateways of others. They are installed by the comparison, never with this repository. */
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { federationLink } from '@cnop/router/engine/testing/subgraphs'
import { type GatewayKind, node } from './gateways.ts'

const hivePackage = {
  private: true,
  type: 'module',
  dependencies: {
    '@graphql-hive/gateway': '2.15.1',
    '@graphql-hive/router-runtime': '*',
    graphql: '16.15.0',
  },
  // The release depends on versions of these that the registry does not always have.
  overrides: { '@graphql-tools/batch-execute': '10.2.0' },
}

/** Installs a package in a folder of its own, unless it is there. */
function install(folder: string, name: string, manifest: object): void {
  mkdirSync(folder, { recursive: true })
  if (existsSync(join(folder, 'node_modules', name))) return
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest, null, 2))
  const flags = ['install', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error']
  execFileSync('npm', flags, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] })
}

/** Hive Gateway with its two executors. */
function installHive(folder: string): readonly GatewayKind[] {
  install(folder, '@graphql-hive/gateway', hivePackage)
  const program = join(folder, 'node_modules/@graphql-hive/gateway/dist/bin.js')
  const configured = (name: string, file: string, lines: readonly string[]): GatewayKind => {
    writeFileSync(join(folder, file), lines.join('\n'))
    return {
      name,
      directory: folder,
      command: ({ supergraph }, port) => [
        ...node,
        program,
        'supergraph',
        supergraph,
        ...['--port', String(port), '--host', '127.0.0.1', '--config-path', file],
      ],
    }
  }
  const common = [
    'pollingInterval: 0,',
    'logging: false,',
    'landingPage: false,',
    'graphiql: false,',
  ]
  return [
    configured('hive', 'plain.config.js', ['export const gatewayConfig = {', ...common, '}']),
    configured('hive with router runtime', 'runtime.config.js', [
      "import { unifiedGraphHandler } from '@graphql-hive/router-runtime'",
      'export const gatewayConfig = {',
      ...common,
      'unifiedGraphHandler,',
      '}',
    ]),
  ]
}

const native = '@grafbase/cli-x86_64-unknown-linux-musl'

/** Grafbase's native server, which composes the subgraphs itself. */
function installGrafbase(folder: string): readonly GatewayKind[] {
  install(folder, native, { private: true, dependencies: { [native]: '0.103.0' } })
  const program = join(folder, 'node_modules', native, 'grafbase')
  chmodSync(program, 0o755)
  return [
    {
      name: 'grafbase',
      command: ({ subgraphs }, port) => {
        const own = mkdtempSync(join(tmpdir(), 'bench-router-grafbase-'))
        const tables = [...subgraphs].map(([name, { sdl, url }]) => {
          writeFileSync(join(own, `${name}.graphql`), federationLink + sdl)
          return `[subgraphs.${name}]\nschema_path = "${name}.graphql"\nurl = "${url}"\n`
        })
        writeFileSync(join(own, 'grafbase.toml'), tables.join('\n'))
        const config = join(own, 'grafbase.toml')
        return [program, '--home', own, 'dev', '--config', config, '--port', String(port)]
      },
    },
  ]
}

/** Each peer that can be installed here; why others cannot is printed. */
export function installPeers(folder: string, print: (text: string) => void): GatewayKind[] {
  const installers = { hive: installHive, grafbase: installGrafbase }
  return Object.entries(installers).flatMap(([name, installPeer]) => {
    try {
      return installPeer(join(folder, name))
    } catch (error) {
      print(`${name} cannot be installed: ${String(error)}\n`)
      return []
    }
  })
}
