import { endWithNpm } from './end-with-npm.ts'
import { runProcess } from '@cnop/kit/run'
import { startRouter } from '@cnop/router/start'

/** `npm start`: the whole platform in one process, with the dashboard. */
endWithNpm()
await runProcess(process, async () => {
  const router = await startRouter(process.env)
  const { port, webPort } = router
  const lines = [
    'The platform is ready.',
    ...(webPort === undefined ? [] : [`  Dashboard    http://localhost:${webPort}`]),
    `  GraphQL      http://localhost:${port}/graphql`,
    ...(router.config.hasDeveloperPages
      ? [`  Playground   http://localhost:${port}/playground/`]
      : []),
    `  Health       http://localhost:${port}/health`,
    ...demoUserLine(router.config.profile),
    '  Ctrl-C stops everything.',
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
  return router
})

function demoUserLine(profile: string): string[] {
  if (profile !== 'demo') return []
  return ['  Demo user    demo_trader / Demo-Trader-2026!']
}
