import type { Mutant } from './sim-world.ts'

/** Plausible bugs in orders that fill in parts, and in what is left of a market. */
export const partMutants: readonly Mutant[] = [
  { name: 'a part of a fill releases the whole hold', releasesHoldOfRest: true },
  { name: 'the fee of each part is rounded by itself', roundsPartFees: true },
  { name: 'the value of each part is rounded by itself', roundsPartValues: true },
  { name: 'the depth of a tick is used twice', forgetsTakenDepth: true },
  { name: 'a trade does not count toward the depth that is used', countsNoDepth: true },
  {
    name: 'the depth that another order used meanwhile is overwritten',
    ...{ skipsDepthCondition: true, foundBy: 2876 },
  },
  { name: 'the row of a part is not written', losesFill: true },
  {
    name: 'a part that has filled meanwhile is overwritten',
    ...{ skipsFillCondition: true, tearsReads: true, foundBy: 812 },
  },
  { name: 'the exits of a bracket that fills in part are for all of it', opensWholeExit: true },
  { name: 'a later part of a bracket adds nothing to its sale', losesGrowth: true },
  { name: 'a later part of a bracket opens a second sale', opensSecondSale: true },
  {
    name: 'a sale that has grown meanwhile is overwritten',
    ...{ skipsGrowthCondition: true, tearsReads: true, foundBy: 1204 },
  },
  { name: 'the cancelled rest of a bracket ends the sale too', endsSaleOfCancelled: true },
  { name: 'a bracket forgets a sale that was replaced', forgetsReplacedSale: true },
  { name: 'the stop of an OCO order sells what its limit has sold', sellsFilledOfOco: true },
  { name: 'a part of the limit of an OCO order ends its other side', endsOcoByPart: true },
  {
    name: 'the rest of an OCO buy holds what its limit needs',
    ...{ holdsLimitOfOcoRest: true, foundBy: 1105 },
  },
  {
    name: 'an IOC order that fills in part keeps the hold of its rest',
    keepsHoldOfRestOfIoc: true,
  },
  { name: 'a cancellation releases what has filled too', releasesFilled: true },
]
