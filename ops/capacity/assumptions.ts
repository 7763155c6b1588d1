/** What people do, for all that was not measured. Each figure is an assumption: `npm run capacity` prints all of them. */
export const usualHabits = {
  /** The share of the users who come on a day. */
  activeShare: 0.2,
  /** The busiest moment of a day, as a multiple of its average. */
  peakFactor: 5,
  /** Calls of a user on a day when they come. */
  callsPerDay: {
    panel: 20,
    firstPage: 4,
    order: 2,
    signIn: 1.5,
    historyMonth: 2,
    historyYear: 0.5,
    rareFilter: 0.5,
  },
  /** For how long a user watches prices on a day when they come. */
  streamMinutesPerDay: 20,
  /** Sign-outs and revoked sessions of a user on a day when they come. */
  sessionEndsPerDay: 0.5,
  /** The share of orders that wait for a price. */
  limitShare: 0.25,
  /** The share of limit orders that are on the same side of the same asset. */
  hottestShare: 0.1,
  /** Orders of programs: how often the panel is read for each. */
  panelsPerOrder: 1,
}
export type Habits = typeof usualHabits

/** How the platform is run. */
export const practice = {
  /** The share of a core that a process uses at the busiest moment. */
  utilisation: 0.6,
  /** So that one may be replaced. */
  leastCopies: 2,
  /** A process uses one core, besides hashing and the collector. */
  vcpusPerProcess: 1,
  gbPerProcess: 2,
  /** Commands a second that one thread of Redis serves: an estimate that its own benchmark gives on usual machines. */
  redisCommands: 100_000,
  /** Each Redis has a replica. */
  redisNodes: 2,
  /** An order leaves an entry, its index rows and the order itself. */
  kbStoredPerOrder: 2,
}

/**
 * Dollars: list prices of us-east-1, noted in November 2026. Check them before relying on a sum. Left out: balancers, logs, backups,
 * traffic between zones, support and discounts.
 */
export const prices = {
  /** DynamoDB on demand, for a million units. */
  millionWriteUnits: 0.625,
  millionReadUnits: 0.125,
  /** DynamoDB, standard class, for a month. */
  storedGb: 0.25,
  /** Fargate, for an hour. */
  vcpuHour: 0.04048,
  gbHour: 0.004445,
  /** ElastiCache `cache.m7g.large`. */
  redisNodeHour: 0.158,
  /** To the internet, in the first and most expensive step. */
  egressGb: 0.09,
}

/** What verifying an account takes, by the README of the ledger: its checkpoint, its mark and the counts are written. */
export const verification = { readUnits: 4, writeUnits: 8 }

/** Units of DynamoDB that a market order takes in the partition of its owner, by the README of the ledger. */
export const ledgerWriteUnits = 14
