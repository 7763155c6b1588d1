const schedule = 'frequency: DAILY, time: "09:30", timeZone: "UTC"'
const orderInput = 'side: BUY, type: MARKET, assetId: "BTC", quantity: "0.001"'

/** Required arguments of fields. The order belongs to the owner. */
export const samplesFor = (orderId: string): Record<string, string> => ({
  'Query.order': `id: "${orderId}"`,
  'Query.asset': 'id: "BTC"',
  'Query.previewOrder': `input: { ${orderInput} }`,
  'Query.previewReplacement': `input: { key: "matrix-preview", orderId: "${orderId}", quantity: "0.0015" }`,
  'Query.recurringDates': `input: { ${schedule} }`,
  'User.orderByClientId': 'clientOrderId: "matrix"',
  'Portfolio.holding': 'assetId: "BTC"',
  'Portfolio.performance': 'from: "2026-01-05"',
  'Portfolio.realisedGains': 'year: 2026',
})

/** Arguments of every mutation. */
export const mutationInputs: Readonly<Record<string, string>> = {
  'Mutation.signUp':
    'input: { username: "matrix_user", email: "m@example.com", password: "x", firstName: "A", lastName: "B" }',
  'Mutation.signIn': 'input: { username: "matrix_user", password: "x" }',
  'Mutation.refreshSession': 'input: { refreshToken: "x" }',
  'Mutation.revokeRefreshToken': 'input: { refreshToken: "x" }',
  'Mutation.revokeSession': 'sessionId: "ses"',
  'Mutation.changePassword': 'input: { currentPassword: "x", newPassword: "y" }',
  'Mutation.updateProfile': 'input: { firstName: "Mallory" }',
  'Mutation.deposit': 'input: { key: "matrix-deposit", amount: "1.00" }',
  'Mutation.withdraw': 'input: { key: "matrix-withdraw", amount: "1.00" }',
  'Mutation.placeOrder': `input: { key: "matrix-place-order", ${orderInput} }`,
  'Mutation.cancelOrder': 'input: { orderId: "ord" }',
  'Mutation.cancelOrders': 'input: {}',
  'Mutation.replaceOrder': 'input: { key: "matrix-replace", orderId: "ord", quantity: "0.002" }',
  'Mutation.setLotMethod': 'input: { key: "matrix-lots", method: HIFO }',
  'Mutation.createRecurringOrder': `input: { key: "matrix-recurring", assetId: "BTC", amount: "1.00", ${schedule} }`,
  'Mutation.pauseRecurringOrder': 'id: "rec"',
  'Mutation.resumeRecurringOrder': 'id: "rec"',
  'Mutation.deleteRecurringOrder': 'id: "rec"',
  'Mutation.createPortfolioAlert':
    'input: { key: "matrix-portfolio", direction: ABOVE, value: "900000.00" }',
  'Mutation.cancelPortfolioAlert': 'id: "pal"',
  'Mutation.watchAsset': 'assetId: "BTC"',
  'Mutation.unwatchAsset': 'assetId: "BTC"',
  'Mutation.createPriceAlert':
    'input: { key: "matrix-price-alert", assetId: "BTC", direction: ABOVE, price: "900000" }',
  'Mutation.cancelPriceAlert': 'id: "alr"',
  'Mutation.chooseNotificationChannels': 'input: { kind: ORDER_FILLED, channels: [] }',
  'Mutation.markNotificationsSeen': 'until: "2026-01-05T10:00:00.000Z"',
  'Mutation.claimRedPocket': 'input: { key: "matrix-claim", phrase: "x" }',
}
