/** One thing on a shelf. */
export interface Good {
  sku: string;
  name: string;
  unitPriceCents: number;
}

type Shelf = readonly (readonly [code: string, name: string, unitPriceCents: number])[];

const books: Shelf = [
  ['NOVEL', 'Novel, paperback', 1799],
  ['ATLAS', 'Road atlas', 2495],
  ['NOTE', 'Lined notebook', 1250],
  ['COOK', 'Weeknight cookbook', 3200],
];
const kitchen: Shelf = [
  ['PAN', 'Cast-iron pan 26 cm', 4499],
  ['MUG4', 'Set of four mugs', 3600],
  ['KNIFE', "Chef's knife", 7900],
  ['TOWEL', 'Linen tea towel', 1400],
];
const outdoor: Shelf = [
  ['SHELL', 'Rain shell, M', 8900],
  ['BOTTLE', 'Steel bottle 750 ml', 2800],
  ['SOCK', 'Merino socks', 1900],
  ['LAMP', 'Head lamp', 3995],
];
const toys: Shelf = [
  ['TRAIN', 'Wooden train', 3450],
  ['PUZZLE', 'Puzzle, 500 pieces', 1999],
  ['BEAR', 'Stuffed bear', 2400],
  ['GAME', 'Family card game', 1495],
];
const electronics: Shelf = [
  ['BUDS', 'Wireless earbuds', 12900],
  ['CABLE', 'USB-C cable 2 m', 1900],
  ['SPKR', 'Portable speaker', 8499],
  ['PLUG', 'Travel adapter', 2950],
];
const beauty: Shelf = [
  ['SOAP', 'Olive soap, three bars', 1500],
  ['CREAM', 'Hand cream', 1850],
  ['CANDLE', 'Beeswax candle', 2600],
  ['BATH', 'Bath salts', 2200],
];
const clothing: Shelf = [
  ['TEE', 'Cotton T-shirt, L', 2900],
  ['SCARF', 'Wool scarf', 4800],
  ['BELT', 'Leather belt', 5400],
  ['HAT', 'Felt hat, 58', 6900],
];
const sweets: Shelf = [
  ['TOFFEE', 'Salted toffee 300 g', 1650],
  ['TRUFFLE', 'Twelve truffles', 2950],
  ['TEA', 'Loose tea 100 g', 1395],
  ['NOUGAT', 'Almond nougat', 1190],
];

const shelves: Record<string, Shelf> = {
  'saguaro-books': books,
  'copper-kettle': kitchen,
  'ocotillo-outfitters': outdoor,
  'little-quail-toys': toys,
  'mesa-optics': electronics,
  'sonora-skin': beauty,
  'adobe-thread': clothing,
  'neon-needle': electronics,
  'silver-state-sound': electronics,
  'desert-bloom': beauty,
  'joshua-trail': outdoor,
  'paper-lantern': books,
  'high-roller-hats': clothing,
  'mojave-home': kitchen,
  'sugar-flats': sweets,
  'potomac-pages': books,
  'dogwood-home': kitchen,
  'blue-heron-shoes': clothing,
  'lantern-lane-toys': toys,
  'old-dominion-tea': sweets,
  'fairfax-electronics': electronics,
  'chesapeake-linen': kitchen,
  'gulf-coast-games': toys,
  'live-oak-leather': clothing,
  'bayou-baby': toys,
  'tidewater-tackle': outdoor,
  'orbit-electronics': electronics,
  'pecan-street-kitchen': kitchen,
};

/** What a retailer of the pilot sells. SKUs begin with the retailer's id, so that none is shared. */
export function goodsOf(retailerId: string): Good[] {
  const shelf = shelves[retailerId];
  if (!shelf) throw new Error(`Nothing is known of what ${retailerId} sells; add it to local/pilot/goods.ts.`);
  return shelf.map(([code, name, unitPriceCents]) => ({ sku: `${retailerId}-${code}`, name, unitPriceCents }));
}
