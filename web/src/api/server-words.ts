import { i18n, language } from '../i18n.ts'
import { formatDate } from '../format/time.ts'
import { type Known, known } from './message-forms.ts'

/**
 * Services write notifications, findings and the reasons of refusals in English, and rows keep them for years. So the
 * app knows their sentences: in another language it reads the values out of one and writes its own sentence with them. A
 * sentence that is not known stays as it came. `tests/house/chinese.test.ts` asks the services for theirs.
 */
const sentences = [
  // Notifications of orders.
  /*i18n*/ 'Your {order} was filled at its {part}: it bought {filled} of {size} at {price} so far; the rest waits.',
  /*i18n*/ 'Your {order} was filled at its {part}: it sold {filled} of {size} at {price} so far; the rest waits.',
  /*i18n*/ 'Your {order} was filled at its {part}: it bought {size} at {price}.',
  /*i18n*/ 'Your {order} was filled at its {part}: it sold {size} at {price}.',
  /*i18n*/ 'Your {order} bought {filled} of {size} at {price} so far; the rest waits.',
  /*i18n*/ 'Your {order} sold {filled} of {size} at {price} so far; the rest waits.',
  /*i18n*/ 'Your recurring order for {amount} of {asset} bought nothing on {date}.',
  /*i18n*/ 'Your recurring order for {amount} of {asset} bought on {date}.',
  /*i18n*/ 'Your {order} bought {size} at {price}.',
  /*i18n*/ 'Your {order} sold {size} at {price}.',
  /*i18n*/ 'Its take-profit at {profit} and its stop-loss at {loss} are now open.',
  /*i18n*/ 'Its take-profit at {profit} is now open.',
  /*i18n*/ 'Its stop-loss at {loss} is now open.',
  /*i18n*/ 'Your {order} to buy {size} was triggered at {price}.',
  /*i18n*/ 'Your {order} to sell {size} was triggered at {price}.',
  /*i18n*/ 'Your {order} to buy {size} has expired.',
  /*i18n*/ 'Your {order} to sell {size} has expired.',
  /*i18n*/ 'Your {order} to buy {size} was cancelled.',
  /*i18n*/ 'Your {order} to sell {size} was cancelled.',
  /*i18n*/ 'Your {order} to buy {size} failed.',
  /*i18n*/ 'Your {order} to sell {size} failed.',
  /*i18n*/ '{asset} was delisted.',
  /*i18n*/ 'The market was beyond what the order had set aside when it was triggered.',
  /*i18n*/ 'The sale would have paid $0.00, which only the sale of a whole holding may.',
  /*i18n*/ 'Moved in from the previous system.',
  /*i18n*/ 'Lots that you named were gone, so that your usual choice of lots applied.',
  /*i18n*/ 'The market had less at the limit: an immediate or cancel order does not wait for the rest.',
  /*i18n*/ 'The market had too little at the limit: a fill or kill order fills whole at once or not at all.',
  /*i18n*/ 'The market had too little at the limit: an immediate or cancel order does not wait.',
  /*i18n*/ 'The market was not at the limit: a fill or kill order fills whole at once or not at all.',
  /*i18n*/ 'The market was not at the limit: an immediate or cancel order does not wait.',
  /*i18n*/ 'The sale would pay $0.00. Only a whole holding can be sold for nothing, at the market price.',
  /*i18n*/ 'It missed a date before.',
  /*i18n*/ 'It missed {count} dates before.',
  /*i18n*/ 'The platform did not run at that time, and a later date has come since.',
  /*i18n*/ 'The platform did not run, or had no price, at that time.',
  /*i18n*/ 'The available cash does not cover this.',
  /*i18n*/ 'Trading is halted until further readings agree on the price.',
  /*i18n*/ 'The asset cannot be traded now.',
  /*i18n*/ 'No asset has this ticker.',
  /*i18n*/ 'The smallest order is worth {amount}.',
  /*i18n*/ 'The smallest quantity of an order is {quantity}.',
  /*i18n*/ 'The order is worth more than one order may be.',
  /*i18n*/ 'The order is worth more than one order may be, at its limit price or the market price.',
  // Notifications of price alerts.
  /*i18n*/ 'Your portfolio rose to {amount}.',
  /*i18n*/ 'Your portfolio fell to {amount}.',
  /*i18n*/ '{asset} rose to {price}.',
  /*i18n*/ '{asset} fell to {price}.',
  /*i18n*/ 'You asked to be told at {price}.',
  /*i18n*/ 'You asked to be told of a rise by {change} from {price}.',
  /*i18n*/ 'You asked to be told of a fall by {change} from {price}.',
  /*i18n*/ 'Your alert for a portfolio of {amount} or above has expired.',
  /*i18n*/ 'Your alert for a portfolio of {amount} or below has expired.',
  /*i18n*/ 'It has fired {count} times within an hour, and is silent until that hour is over.',
  /*i18n*/ 'Your price alert for {asset} at {price} or above has expired.',
  /*i18n*/ 'Your price alert for {asset} at {price} or below has expired.',
  /*i18n*/ 'Your price alert at {price} or above has ended.',
  /*i18n*/ 'Your price alert at {price} or below has ended.',
  // What stands out in a portfolio.
  /*i18n*/ 'Cash makes up {share} of your portfolio, of which {held} waits in open orders.',
  /*i18n*/ 'Cash makes up {share} of your portfolio.',
  /*i18n*/ 'Stablecoins make up {share} of your portfolio.',
  /*i18n*/ '{asset} makes up {share} of your portfolio.',
  /*i18n*/ 'Your holdings together lost {change} over the last 24 hours.',
  /*i18n*/ 'Your holdings together gained {change} over the last 24 hours.',
  /*i18n*/ 'Your {asset} lost {change} over the last 24 hours.',
  /*i18n*/ 'Your {asset} gained {change} over the last 24 hours.',
  /*i18n*/ 'You made {count} trades within 24 hours, worth {amount}.',
  /*i18n*/ 'You made at least {count} trades within 24 hours.',
  /*i18n*/ '{asset} is worth {amount} ({share}) less than you paid for it.',
  /*i18n*/ '{asset} is worth {amount} ({share}) more than you paid for it.',
  /*i18n*/ 'Your portfolio is spread over {count} assets of {share} or more; the largest makes up {largest}.',
  /*i18n*/ 'Your portfolio is spread over {count} assets; the largest makes up {largest}.',
  /*i18n*/ 'There is nothing in your portfolio yet.',
  /*i18n*/ 'Your portfolio is worth {total}, all of it in cash; {holdings} without a current price left out.',
  /*i18n*/ 'Your portfolio is worth {total}, all of it in cash.',
  /*i18n*/ 'Your portfolio is worth {total}, all of it in {assets}; {holdings} without a current price left out.',
  /*i18n*/ 'Your portfolio is worth {total}, all of it in {assets}.',
  /*i18n*/ 'Your portfolio is worth {total}: {cash} ({share}) in cash and the rest in {assets}; {holdings} without a current price left out.',
  /*i18n*/ 'Your portfolio is worth {total}: {cash} ({share}) in cash and the rest in {assets}.',
  /*i18n*/ 'Deposit some cash to begin, and this is where you will read what stands out.',
  /*i18n*/ 'None of your holdings has a current price, so your portfolio cannot be valued right now.',
  /*i18n*/ 'Its value comes back as soon as the market quotes them again.',
  /*i18n*/ 'Nothing in it stands out right now.',
]

/** Reasons of refusals: the rest of a sentence about a field. */
const reasons = [
  /*i18n*/ 'begins before the last {count} trades of the asset',
  /*i18n*/ 'belong to a sale',
  /*i18n*/ 'belongs to a limit order',
  /*i18n*/ 'belongs to a stop order',
  /*i18n*/ 'belongs to an OCO order',
  /*i18n*/ 'belongs to a market order',
  /*i18n*/ 'belongs to a trailing stop order',
  /*i18n*/ 'belongs to a monthly order',
  /*i18n*/ 'belongs to a weekly order',
  /*i18n*/ 'belongs to a buy',
  /*i18n*/ 'belongs to GTD',
  /*i18n*/ 'belongs to an order that waits: a market order fills at once or is refused',
  /*i18n*/ 'belongs to an order that waits',
  /*i18n*/ 'belongs to an order with a known price, not to a trailing stop',
  /*i18n*/ 'cannot be changed over REST; change it in the dashboard',
  /*i18n*/ 'cannot be cleared',
  /*i18n*/ 'cannot be combined with {field}',
  /*i18n*/ 'cannot be given together with a price',
  /*i18n*/ 'cannot be given together with a value',
  /*i18n*/ 'cannot be given together with {field}',
  /*i18n*/ 'is more than the total',
  /*i18n*/ 'is not a cursor of this list',
  /*i18n*/ 'is removed and given',
  /*i18n*/ 'is required for a limit order',
  /*i18n*/ 'is required for a stop order',
  /*i18n*/ 'is required for an OCO order',
  /*i18n*/ 'is required for a market order',
  /*i18n*/ 'is required for a monthly order',
  /*i18n*/ 'is required for a weekly order',
  /*i18n*/ 'is required for GTD',
  /*i18n*/ 'is required to change the e-mail address',
  /*i18n*/ 'is required, unless something else is changed',
  /*i18n*/ 'is required, unless {field} is given',
  /*i18n*/ 'must be 1 to 10 letters or digits',
  /*i18n*/ 'must be 1 to 64 printable ASCII characters without a blank at an end',
  /*i18n*/ 'must be {least} to {most} letters, digits, hyphens or underscores',
  /*i18n*/ 'must be a ticker of 1 to 10 capital letters or digits',
  /*i18n*/ 'must be a time of day such as 09:30',
  /*i18n*/ 'must be a year from {first} to {last}',
  /*i18n*/ 'must be an existing RFC 3339 instant such as {example}',
  /*i18n*/ 'must be less than {count} days before to',
  /*i18n*/ 'must be of more than zero each',
  /*i18n*/ 'must be the id of a recurring order, which begins with rec_',
  /*i18n*/ 'must have at most {count} entries',
  /*i18n*/ 'must not be after to',
  /*i18n*/ 'must not be in the future',
  /*i18n*/ 'name {quantity} of the lot of no known day, which has {left}',
  /*i18n*/ 'name {quantity} of the lot of {day}, which has {left}',
  /*i18n*/ 'name a day twice',
  /*i18n*/ 'needs a larger target',
  /*i18n*/ 'needs a portfolio that is worth something',
  /*i18n*/ 'need a quantity, not a quoteAmount',
  /*i18n*/ 'of a replacement is GTC, GTD or DAY',
  /*i18n*/ 'of a sale that names its lots stays as it is',
  /*i18n*/ 'of a stop order is GTC, GTD or DAY: it always waits',
  /*i18n*/ 'of an account is FIFO or HIFO: lots are named sale by sale',
  /*i18n*/ 'of an order without a {field}',
  /*i18n*/ 'sum to {sum}, not to the quantity of {quantity}',
  /*i18n*/ 'must be more than zero',
  /*i18n*/ 'must be at most {days} days ahead',
  /*i18n*/ 'must be at most {count} characters',
  /*i18n*/ 'must be at most {limit}',
  /*i18n*/ 'has more than {count} decimal places',
  /*i18n*/ 'is too large',
  /*i18n*/ 'is negative',
  /*i18n*/ 'is required',
  /*i18n*/ 'is not valid',
  /*i18n*/ 'must be a decimal number such as "12.5"',
  /*i18n*/ 'must not be empty',
  /*i18n*/ 'must not be blank',
  /*i18n*/ 'must have at most {count} characters before the “@”',
  /*i18n*/ 'must have at most {count} characters between the dots of its domain',
  /*i18n*/ 'must have at most {count} characters',
  /*i18n*/ 'must have {least} to {most} characters',
  /*i18n*/ 'must be {least} to {most} letters, digits or underscores',
  /*i18n*/ 'is of a form that is kept for guests',
  /*i18n*/ 'must be {least} to {most}',
  /*i18n*/ 'must contain {what}',
  /*i18n*/ 'must be in the future',
  /*i18n*/ 'must be above the current price, {price}',
  /*i18n*/ 'must be below the current price, {price}',
  /*i18n*/ 'must be above the current value, {amount}',
  /*i18n*/ 'must be below the current value, {amount}',
  /*i18n*/ 'must be above the market price',
  /*i18n*/ 'must be below the market price',
  /*i18n*/ 'must be above the price of the order',
  /*i18n*/ 'must be below the price of the order',
  /*i18n*/ 'must be above the stop price of the order',
  /*i18n*/ 'must be below the stop price of the order',
  /*i18n*/ 'must be at least the stop price of a buy',
  /*i18n*/ 'must be at most the stop price of a sale',
  /*i18n*/ 'must be at most the stop-loss price',
  /*i18n*/ 'belongs to a stop-loss price',
  /*i18n*/ 'must be above the limit price of a buy',
  /*i18n*/ 'must be below the limit price of a sale',
  /*i18n*/ 'must be below the take-profit price',
  /*i18n*/ 'must be 0.1 % to 50 % of the market price: {least} to {most}',
  /*i18n*/ 'belongs to an alert that repeats',
  /*i18n*/ 'must be {leastShare} to {mostShare} of the target: {least} to {most}',
  /*i18n*/ 'is the price of an equal alert that you have already',
  /*i18n*/ 'is the change of an equal alert that you have already',
  /*i18n*/ 'is that of an equal alert that you have already',
  /*i18n*/ 'leads to a value that is not above 0 and at most {amount}',
  /*i18n*/ 'leads to a price that is not above 0 and at most {price}',
  /*i18n*/ 'does not fit the open order, whose {field} {reason}',
  /*i18n*/ 'needs cash of red pockets that cannot be withdrawn yet',
  /*i18n*/ 'is not your current password',
  /*i18n*/ 'must differ from the current one',
  /*i18n*/ 'must not contain markup',
  /*i18n*/ 'must be an existing date such as 1985-06-15',
  /*i18n*/ 'must be the name of a time zone such as Europe/Berlin',
  /*i18n*/ 'must make the user between {youngest} and {oldest} years old',
  /*i18n*/ 'must have 10 to 15 digits, and otherwise only spaces, hyphens, dots, brackets and a leading plus sign',
  // Names and addresses, which the forms check by the same rules.
  /*i18n*/ 'must have a letter',
  /*i18n*/ 'must have a letter or a digit at both ends of each part of its domain',
  /*i18n*/ 'must not have {character} (character {place}), only letters, spaces and . {apostrophe} -',
  /*i18n*/ 'must not have {character} (character {place}) before the “@”: only a to z, digits and signs like . _ + -',
  /*i18n*/ 'must not have {character} (character {place}) after the “@”: only letters, digits, hyphens and dots',
  /*i18n*/ 'must have only one “@”',
  /*i18n*/ 'must have a valid domain after the “@”',
  /*i18n*/ 'must have a name before the “@”, as in {example}',
  /*i18n*/ 'must have a domain after the “@”, as in {example}',
  /*i18n*/ 'must have a dot in its domain, as in {example}',
  /*i18n*/ 'must be an address such as {example}',
]

/** What stands within a sentence for a value. */
const parts = [
  /*i18n*/ 'market order',
  /*i18n*/ 'limit order',
  /*i18n*/ 'stop order',
  /*i18n*/ 'stop limit order',
  /*i18n*/ 'trailing stop order',
  /*i18n*/ 'limit or stop order',
  /*i18n*/ 'limit',
  /*i18n*/ 'stop',
  /*i18n*/ '{count} assets',
  /*i18n*/ '{count} asset',
  /*i18n*/ '{count} holdings',
  /*i18n*/ '{count} holding',
  /*i18n*/ 'a space',
  /*i18n*/ 'a special space',
  /*i18n*/ 'a tab',
  /*i18n*/ 'a line break',
  /*i18n*/ 'an invisible character',
  /*i18n*/ 'an accent',
  /*i18n*/ 'an upper-case letter',
  /*i18n*/ 'a lower-case letter',
  /*i18n*/ 'a digit',
  /*i18n*/ 'one of {signs}',
]

const knownSentences = known(sentences)
const knownReasons = known(reasons)
const knownParts = known(parts)

function translate(text: string, candidates: readonly Known[]): string | undefined {
  for (const { message, form } of candidates) {
    const found = form.exec(text)
    if (!found) continue
    const values = Object.entries(found.groups ?? {}).map(([name, value]) => [name, inWords(value)])
    return i18n.t(message, Object.fromEntries(values) as Record<string, string>)
  }
  return undefined
}

/** "Jan 5, 2026", as services write dates. */
const date = /^[A-Z][a-z]{2} \d{1,2}, \d{4}$/

/** A value in the language of the app: a part of a sentence, a date, several parts, or what it is. */
function inWords(value: string): string {
  if (date.test(value)) return formatDate(value)
  const parts = value.split(', ').map((part) => translate(part, knownParts) ?? part)
  return translate(value, knownReasons) ?? parts.join(i18n.t(', '))
}

/** Text of a service in the language of the app: sentences, or the reason of a refusal. */
export function serverWords(text: string): string {
  if (language === 'en') return text
  // Such as what is said about an asset.
  if (Object.hasOwn(i18n.messages, text)) return i18n.t(text)
  const whole = translate(text, knownReasons) ?? translate(text, knownSentences)
  if (whole !== undefined) return whole
  const sentences = text.split(/(?<=\.) /)
  return sentences
    .map((one) => translate(one, knownSentences) ?? `${one} `)
    .join('')
    .trimEnd()
}
