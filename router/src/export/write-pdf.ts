import { setImmediate } from 'node:timers/promises'
import type { Response } from 'express'
import { isClosed, whenClientLeaves } from '../edge/answered.ts'
import { drained, type Row } from './write-rows.ts'

export interface PdfColumn<Each> {
  readonly header: string
  /** In points; an A4 page has room for 762 in all. */
  readonly width: number
  readonly isRight?: boolean
  readonly cell: (row: Each) => string
}

/** How a report looks as a PDF. Texts are in the Latin alphabet: the built-in fonts have no other. */
export interface PdfLayout<Each> {
  readonly title: string
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
const fonts = { plain: 'Helvetica', strong: 'Helvetica-Bold' }

type Pdf = PDFKit.PDFDocument

/** One line, which is never broken: `x` is its start, or its end. */
function line(pdf: Pdf, text: string, x: number, y: number, isRight = false): void {
  const start = isRight ? x - pdf.widthOfString(text) : x
  pdf.text(text, start, y, { lineBreak: false })
}

function cells<Each>(
  pdf: Pdf,
  columns: readonly PdfColumn<Each>[],
  y: number,
  text: (column: PdfColumn<Each>) => string,
): void {
  let x = margin
  for (const column of columns) {
    const { width, isRight = false } = column
    line(pdf, text(column), isRight ? x + width - 12 : x, y, isRight)
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
    this.pdf.font(fonts[this.layout.isStrong(row) ? 'strong' : 'plain']).fontSize(8.5)
    cells(this.pdf, this.layout.columns, this.y, ({ cell }) => cell(row))
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

  private write(text: string, font: keyof typeof fonts, points: number, height: number): void {
    this.pdf.font(fonts[font]).fontSize(points)
    line(this.pdf, text, margin, this.y)
    this.y += height
  }

  private head(): void {
    const { pdf } = this
    pdf.font(fonts.strong).fontSize(8.5)
    cells(pdf, this.layout.columns, this.y, ({ header }) => header)
    this.y += rowHeight
    const at = this.y - 4
    pdf
      .moveTo(margin, at)
      .lineTo(size.width - margin, at)
      .lineWidth(0.5)
      .stroke()
  }

  private footer(): void {
    const at = size.height - margin
    this.pdf.font(fonts.plain).fontSize(8)
    line(this.pdf, this.layout.title, margin, at)
    line(this.pdf, `Page ${this.pageNumber}`, size.width - margin, at, true)
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
  const pdf = new PDFDocument({
    ...{ size: 'A4', layout: 'landscape', margin, pdfVersion: '1.7', lang: 'en-US' },
    ...{ displayTitle: true, info: { Title: layout.title } },
  })
  response.setHeader('Content-Type', 'application/pdf')
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
