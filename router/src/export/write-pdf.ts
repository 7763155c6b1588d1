import { readFile } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'
import type { Response } from 'express'
import { isClosed, whenClientLeaves } from '../edge/answered.ts'
import type { Words } from './words.ts'
import { drained, type Row } from './write-rows.ts'

export interface PdfColumn<Each> {
  readonly header: string
  /** In points; an A4 page has room for 762 in all. */
  readonly width: number
  readonly isRight?: boolean
  readonly cell: (row: Each) => string
}

/** How a report looks as a PDF. */
export interface PdfLayout<Each> {
  readonly title: string
  readonly words: Pick<Words, 'language' | 'page' | 'number'>
  /** Lines below the title. */
  readonly facts: readonly string[]
  readonly columns: readonly PdfColumn<Each>[]
  readonly isStrong: (row: Each) => boolean
  /** Counts a row for the totals. */
  readonly add: (row: Each) => void
  /** Lines below the last row. */
  readonly totals: () => readonly string[]
}

const margin = 40
const rowHeight = 15
const size = { width: 841.89, height: 595.28 }
const lastRowAt = size.height - margin - 2 * rowHeight

/** The built-in fonts have Latin letters only, the others also the Chinese signs of `words.ts`. */
const fonts = {
  plain: { latin: 'Helvetica', han: new URL('./fonts/han-regular.ttf', import.meta.url) },
  strong: { latin: 'Helvetica-Bold', han: new URL('./fonts/han-bold.ttf', import.meta.url) },
} as const
type Weight = keyof typeof fonts

const isLatin = (text: string): boolean => /^[ -~–]*$/.test(text)

type Pdf = PDFKit.PDFDocument

interface Look {
  readonly weight: Weight
  readonly points: number
}

/** One line, which is never broken: `x` is its start, or its end. Fonts differ in their height, and so it stands on its base line. */
function line(
  pdf: Pdf,
  text: string,
  { weight, points }: Look,
  { x, y, isRight = false }: { x: number; y: number; isRight?: boolean },
): void {
  pdf.font(isLatin(text) ? fonts[weight].latin : weight).fontSize(points)
  const start = isRight ? x - pdf.widthOfString(text) : x
  pdf.text(text, start, y + points * 0.72, { lineBreak: false, baseline: 'alphabetic' })
}

function cells<Each>(
  pdf: Pdf,
  columns: readonly PdfColumn<Each>[],
  { weight, y }: { readonly weight: Weight; readonly y: number },
  text: (column: PdfColumn<Each>) => string,
): void {
  let x = margin
  for (const column of columns) {
    const { width, isRight = false } = column
    line(
      pdf,
      text(column),
      { weight, points: 8.5 },
      { x: isRight ? x + width - 12 : x, y, isRight },
    )
    x += width
  }
}

/** The pages of a report, which are written from the top to the bottom. */
class Sheet<Each> {
  private y = margin
  private pageNumber = 1

  private readonly pdf: Pdf
  private readonly layout: PdfLayout<Each>

  constructor(pdf: Pdf, layout: PdfLayout<Each>) {
    this.pdf = pdf
    this.layout = layout
    this.write(layout.title, 'strong', 16, 26)
    for (const fact of layout.facts) this.write(fact, 'plain', 9, rowHeight)
    this.y += 8
    this.head()
  }

  row(row: Each): void {
    this.turn()
    const weight = this.layout.isStrong(row) ? 'strong' : 'plain'
    cells(this.pdf, this.layout.columns, { weight, y: this.y }, ({ cell }) => cell(row))
    this.y += rowHeight
  }

  end(): void {
    this.y += 8
    for (const total of this.layout.totals()) {
      this.turn()
      this.write(total, 'plain', 9, rowHeight)
    }
    this.footer()
  }

  private write(text: string, weight: Weight, points: number, height: number): void {
    line(this.pdf, text, { weight, points }, { x: margin, y: this.y })
    this.y += height
  }

  private head(): void {
    const { pdf } = this
    cells(pdf, this.layout.columns, { weight: 'strong', y: this.y }, ({ header }) => header)
    this.y += rowHeight
    const at = this.y - 4
    pdf
      .moveTo(margin, at)
      .lineTo(size.width - margin, at)
      .lineWidth(0.5)
      .stroke()
  }

  private footer(): void {
    const { title, words } = this.layout
    const look = { weight: 'plain', points: 8 } as const
    const y = size.height - margin
    line(this.pdf, title, look, { x: margin, y })
    const page = words.page(words.number(this.pageNumber))
    line(this.pdf, page, look, { x: size.width - margin, y, isRight: true })
  }

  /** Begins the next page where this one is full. */
  private turn(): void {
    if (this.y <= lastRowAt) return
    this.footer()
    this.pdf.addPage()
    this.pageNumber += 1
    this.y = margin
    this.head()
  }
}

/** Writes a report as it is read, at the pace of the reader, and ends the response. */
export async function writePdf<Each extends Row>(
  response: Response,
  layout: PdfLayout<Each>,
  pages: AsyncIterable<readonly Each[]>,
): Promise<void> {
  const { default: PDFDocument } = await import('pdfkit')
  const { language } = layout.words
  const pdf = new PDFDocument({
    ...{ size: 'A4', layout: 'landscape', margin, pdfVersion: '1.7' },
    ...{ lang: language, displayTitle: true, info: { Title: layout.title } },
    // It would grow with every word.
    fontLayoutCache: false,
  })
  for (const [weight, { han }] of Object.entries(fonts)) {
    pdf.registerFont(weight, await readFile(han))
  }
  response.setHeader('Content-Type', 'application/pdf')
  response.setHeader('Content-Language', language)
  response.vary('Accept-Language')
  pdf.pipe(response)
  const gone = whenClientLeaves(response)
  const sheet = new Sheet(pdf, layout)
  for await (const rows of pages) {
    for (const row of rows) {
      layout.add(row)
      sheet.row(row)
    }
    // What was written flows into the response only then.
    await setImmediate()
    if (isClosed(response)) return
    if (response.writableNeedDrain) await drained(response, gone)
  }
  sheet.end()
  pdf.end()
}
