import { expect, it } from '@jest/globals'
import { orderRoutes } from './orders.ts'

const order = {
  ...{ id: 'ord_1', side: 'BUY', type: 'LIMIT', assetId: 'BTC', quantity: '0.05' },
  ...{
    price: '64032',
    limitPrice: '64040',
    total: '641.60',
    createdAt: '2026-01-05T10:00:00.000Z',
  },
}

const show = (status: string) => {
  const route = orderRoutes.find(({ operation }) => operation === 'RestOrder')
  return route?.shape({ order: { ...order, status } }, {} as never)
}

it('shows an order of which a part has filled as pending, at its average price', () => {
  expect(show('PARTIALLY_FILLED')).toEqual({
    data: {
      ...{ order_id: 'ord_1', order_type: 'limit_buy', asset_id: 'BTC', quantity: '0.05' },
      ...{ price: '64032', status: 'pending', total_amount: null, created_at: order.createdAt },
    },
  })
  expect(show('CANCELLED')).toMatchObject({
    data: { status: 'cancelled', price: '64032', total_amount: '641.60' },
  })
})
