import { runService } from '@cnop/kit/run'
import { loadInsightsConfig } from './config.ts'
import { createInsights } from './server.ts'

await runService({ name: 'insights', load: loadInsightsConfig, create: createInsights }, process)
