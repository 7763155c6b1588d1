import type { PriceChart } from './draw.ts'

/** A picture of a chart with its title, as a PNG. */
export async function takePicture(
  { chart, look, withNames }: PriceChart,
  title: string,
): Promise<Blob | null> {
  const { paper, strong, font } = look()
  const drawing = withNames(() => chart.takeScreenshot(true))
  const ratio = drawing.width / chart.chartElement().clientWidth
  const head = 34 * ratio
  const canvas = document.createElement('canvas')
  canvas.width = drawing.width
  canvas.height = drawing.height + head
  const context = canvas.getContext('2d')
  if (!context) return null
  context.fillStyle = paper
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.fillStyle = strong
  context.font = `${14 * ratio}px ${font}`
  context.fillText(title, 10 * ratio, 22 * ratio)
  context.drawImage(drawing, 0, head)
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/png'))
}
