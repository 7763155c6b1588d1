import { subgraphNames } from '@cnop/schema/read'

/**
 * One client exceeds the usual limits, and alerts must fire and clear within seconds. The drill counts requests that fail, not
 * slow ones, and starting processes take the CPU of those that serve, so the deadlines are long.
 */
export const drillEnvironment = {
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  LOG_LEVEL: 'silent',
  WEB_ENABLED: 'false',
  SEED_DEMO_USER: 'false',
  INVENTORY_SCENARIO: 'quiet',
  DRAIN_DELAY_MS: '3000',
  ROUTER_DEADLINE_MS: '20000',
  SUBGRAPH_DEADLINE_MS: '8000',
  STORE_DEADLINE_MS: '7000',
  PASSWORD_HASH_WAIT_MS: '20000',
  STREAM_HEARTBEAT_MS: '1000',
  ACCESS_TOKEN_SECONDS: '3600',
  TRACE_SAMPLE_RATIO: '0.05',
  RATE_LIMIT_PER_MINUTE: '1000000',
  SERVICE_RATE_LIMITS: subgraphNames.map((name) => `${name}=1000000`).join(),
  FIELD_RATE_LIMITS: 'placeOrder=1000000,signUp=1000000,signIn=1000000',
  COST_PER_MINUTE: '1000000000',
  DAILY_DEPOSIT_LIMIT: '100000000',
  REQUESTS_AT_ONCE: '150',
  REQUESTS_PER_ADDRESS: '1000',
  LEDGER_VERIFY_INTERVAL_MS: '5000',
  INVENTORY_LEASE_MS: '3000',
}
