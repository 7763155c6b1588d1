export type Direction = 'up' | 'down'

/**
 * How a word gives a direction: `motion` (rose) is about the last 24 hours unless the clause speaks of the cost; `state`
 * (higher) and `result` (profit) may be about either.
 */
export interface DirectionWord {
  readonly direction: Direction
  readonly kind: 'motion' | 'state' | 'result'
  /** Whether the word exaggerates a small change. */
  readonly isStrong: boolean
}

const list = (text: string): readonly string[] => text.trim().split(/\s+/)

const directions = new Map<string, DirectionWord>()

function add(direction: Direction, kind: DirectionWord['kind'], text: string, isStrong = false) {
  for (const word of list(text)) directions.set(word, { direction, kind, isStrong })
}

add(
  'up',
  'motion',
  `rose risen rise rises rising climbed climb climbs climbing jumped jump jumps jumping advanced advance advances
  advancing rallied rally rallies rallying grew grown grow grows growing increased increase increases increasing
  improved improve improves improvement rebounded rebound rebounds recovered recovery appreciated appreciation
  strengthened upswing upturn uptick spiked spike gained gaining gainer gainers helped lifted`,
)
add(
  'up',
  'motion',
  'surged surge surges surging soared soar soars soaring skyrocketed rocketed',
  true,
)
add('up', 'state', 'up higher ahead positive upward upwards')
add('up', 'result', 'gain gains profit profits profitable winner winners')
add(
  'down',
  'motion',
  `fell fallen fall falls falling dropped drop drops dropping declined decline declines declining slid slide slides
  sliding slipped slip slips slipping shed sheds shedding sank sunk sink sinks sinking tumbled tumble tumbles tumbling
  dipped dip dips dipping decreased decrease decreases decreasing retreated retreat retreats weakened weaken weakens
  eased ease eases slumped slump slumps shrank shrunk shrink shrinks depreciated depreciation downturn downswing
  drawdown drawdowns setback lost losing loser losers hurt dragged weighed lagged`,
)
add(
  'down',
  'motion',
  'plunged plunge plunges plunging plummeted plummet crashed crash collapsed collapse tanked nosedived',
  true,
)
add('down', 'state', 'down lower negative downward downwards underwater')
add('down', 'result', 'loss losses')

/** Words that give a direction; a phrase such as "in the red" is read by its last word. */
export const directionWords: ReadonlyMap<string, DirectionWord> = directions

/** Changes stated without a direction. */
export const neutralMoves: ReadonlySet<string> = new Set(
  list('moved move moves change changed changes swing swung swings'),
)

/** Words that state no change. */
export const flatWords: ReadonlySet<string> = new Set(list('flat unchanged steady stable sideways'))

export const negations: ReadonlySet<string> = new Set(
  list('not never no nothing none neither nor without'),
)

/** Before these a clause begins, so that what is said of one asset is not taken for another. */
export const clauseWords: ReadonlySet<string> = new Set(
  list('and but while whereas although though yet after with which who that or so plus because'),
)

export const shareWords: ReadonlySet<string> = new Set(
  list(`share shares makes make made making accounts account accounting accounted represents represent represented
  weight weighting allocation allocated constitutes constitute comprises comprise portion exposure stake dominates
  dominate concentrated concentration forms form takes contributes contribute sits sit stands`),
)

export const wholeWords: ReadonlySet<string> = new Set(list('portfolio whole total balance'))
export const assetsWords: ReadonlySet<string> = new Set(
  list('assets holdings positions investments coins tokens cryptocurrencies crypto'),
)
export const positionWords: ReadonlySet<string> = new Set(
  list('holding position asset share portion part stake investment coin token component'),
)

/** The order by value, or by the change of the day. */
export const largestWords: ReadonlySet<string> = new Set(list('largest biggest main top dominant'))
export const smallestWords: ReadonlySet<string> = new Set(list('smallest'))
export const bestWords: ReadonlySet<string> = new Set(list('best strongest'))
export const worstWords: ReadonlySet<string> = new Set(list('worst weakest'))
export const performerWords: ReadonlySet<string> = new Set(
  list('performer performers mover movers gainer gainers loser losers performing'),
)

/** Advice, promises and forecasts, by the words that make them; they are distinguished for the metrics. */
export const adviceWords: ReadonlySet<string> = new Set(
  list(`should must ought need needs could might may can would shall will wont going recommend recommends recommended
  suggest suggests advise advised advisable consider considering sell selling buy buying invest investing keep
  watch avoid diversify rebalance rebalancing reduce trim lock secure exit swap convert wait act hurry
  expect expects expected likely unlikely probably surely certainly certain sure guarantee guaranteed promise promises
  promised predict prediction forecast soon tomorrow next future potential opportunity target outlook poised bound
  set destined inevitable always if unless until when whenever please let lets try remember do dont stay stop
  start go get put take grab ride risk-free safe wise smart prudent time`),
)

/**
 * Every other word that a text may use. A text of other words is refused, whatever it says: it may be in another
 * language, name something that is not in the facts, or describe a move in a way that the check does not understand.
 */
export const plainWords: ReadonlySet<string> = new Set(
  list(`
  a an the this that these those it its itself they them their you your yours which who what there here
  is are was were be been being has have had having am
  did does above below of in on at to by for from over under within during since between into across through against per about around roughly
  approximately nearly almost just only even also too still now already currently presently today day days daily hour
  hours ago last past latest recent recently 24h
  and or but while whereas although though yet after with as than then so plus because both all each every other another
  one single more less most least much rest remainder majority bulk
  not never no nothing none without
  portfolio portfolios whole total totals balance cash dollars dollar usd percent money value values valued worth
  asset assets holding holdings position positions investment investments coin coins token tokens crypto
  cryptocurrency cryptocurrencies stablecoins trades transactions purchases order orders open price prices component trading
  share shares weight weighting allocation allocated portion part parts stake exposure concentration concentrated spread
  diversified makes make made making accounts account accounting accounted represents represent represented
  constitutes constitute comprises comprise dominates dominate dominant dominated forms form takes contributes contribute
  sits sit sitting stands stand standing remains remain remained holds hold held holding own owns owned
  paid pay cost costs basis bought sold spent invested unrealised unrealized paper compared relative versus
  gain gains loss losses profit profits
  large larger largest big bigger biggest small smaller smallest main top best worst strongest weakest strong weak
  sizeable sizable significant substantial considerable modest minor tiny notable notably
  performer performers performing performance mover movers winner winners gainer gainers loser losers
  sharp sharply slight slightly steep steeply strongly noticeably modestly somewhat quite very well further
  green red black waits waiting reserved tied aside idle uninvested invested
  shows show showing shown showed marks marked left leaves leaving adds added posted posts ended recorded saw
  overall together altogether combined alone mostly mainly largely mainly meanwhile however moreover additionally
  once first again active activity busy
  move moves moved moving change changes changed changing swing swings swung
  went gone come came comes goes turned
  softens softened soften little bit heavily hand
  picture side sides result results figure figures
  `),
)
