import type { Mutant } from './sim-world.ts'

/** Plausible bugs in orders that fill in parts, and in what is left of a market. */
export const partMutants: readonly Mutant[] = [
  { name: 'a part of a fill releases the whole hold', releasesHoldOfRest: true },
  { name: 'the fee of each part is rounded by itself', roundsPartFees: true },
  { name: 'the value of each part is rounded by itself', roundsPartValues: true },
  { name: 'the depth of a tick is used twice', forgetsTakenDepth: true },
  { name: 'a trade does not count toward the depth that is used', countsNoDepth: true },
  { name: 'the depth that another order used meanwhile is overwritten', skipsDepthCondition: true },
  { name: 'the row of a part is not written', losesFill: true },
  { name: 'a part that has filled meanwhile is overwritten', skipsFillCondition: true },
  { name: 'the exits of a bracket that fills in part are for all of it', opensWholeExit: true },
  {
    name: 'an IOC order that fills in part keeps the hold of its rest',
    keepsHoldOfRestOfIoc: true,
  },
  { name: 'a cancellation releases what has filled too', releasesFilled: true },
]
