/** The bus channel of ticks. */
export const quoteChannel = 'quotes'

/** Where the last price of an asset is in the shared cache, for whoever does not listen to the bus. */
export const priceKey = (assetId: string): string => `price:${assetId}`

export const priceKeySeconds = 600
