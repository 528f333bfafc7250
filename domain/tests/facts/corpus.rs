//! Texts as clients' tweets are, and what each claims, as a reader would list it: `kind words`, parted by ` | `.

/// A text, and its facts in the order of the text.
pub(crate) type Example = (&'static str, &'static str);

pub(crate) const CORPUS: &[Example] = &[
    // English
    (
        "Our winter roast is back: 250 g for €12.50, while it lasts.",
        "number 250 g | price €12.50",
    ),
    (
        "We open at 9 am on Saturdays.",
        "time 9 am | date Saturdays",
    ),
    (
        "Doors open 19:30, show at 8 p.m.",
        "time 19:30 | time 8 p.m.",
    ),
    (
        "Meet our roaster Ingrid Berg in Oslo this Friday.",
        "name Ingrid Berg | name Oslo | date Friday",
    ),
    (
        "20% off all beans until May 12.",
        "number 20% | date May 12",
    ),
    (
        "Join 1,000 runners for the 10 km run on 12 May 2026!",
        "number 1,000 | number 10 km | date 12 May 2026",
    ),
    (
        "Read more at https://harbour.coffee/roast and tell a friend.",
        "link https://harbour.coffee/roast",
    ),
    (
        "New menu on harbour.coffee, come hungry",
        "link harbour.coffee",
    ),
    ("Thanks @anna_b for the photo! #coffee #2026goals", ""),
    ("Good morning! Coffee is ready and so are we.", ""),
    (
        "The Harbour Festival starts on 3rd June.",
        "name Harbour Festival | date 3rd June",
    ),
    (
        "Latte art class: 6 places, $45 each, 09:00–11:00.",
        "number 6 | price $45 | time 09:00 | time 11:00",
    ),
    (
        "Open Mon–Fri 7am-5pm.",
        "date Mon | date Fri | time 7am | time 5pm",
    ),
    (
        "We have served you since 1998. Here's to 28 more years!",
        "number 1998 | number 28",
    ),
    (
        "Only 3 days left to win a trip to Kenya.",
        "number 3 days | name Kenya",
    ),
    (
        "Our beans travel 8,000 miles from Ethiopia's highlands.",
        "number 8,000 miles | name Ethiopia's",
    ),
    ("What a night! Thank you, Bergen.", "name Bergen"),
    (
        "Dr. Smith speaks about sleep next Tuesday at 18:00.",
        "name Smith | date Tuesday | time 18:00",
    ),
    ("Prices from £5 to £10, kids free.", "price £5 | price £10"),
    (
        "We raised 1.5 million dollars for the Red Cross.",
        "price 1.5 million dollars | name Red Cross",
    ),
    ("Half marathon? 21.1 km of pure joy.", "number 21.1 km"),
    ("Call in, 24/7. Our mp3 player plays B2B hits in 3D.", ""),
    ("You may march in peace. We may, too.", ""),
    ("See you in May.", "date May"),
    ("I'm sure it will rain. Bring an umbrella!", ""),
    ("FREE COFFEE TODAY FOR EVERYONE WHO SMILES", ""),
    (
        "The new LinkedIn page of Acme & Sons is live.",
        "name LinkedIn | name Acme & Sons",
    ),
    (
        "Sign up by 2026-11-30 at www.acme.io/run.",
        "date 2026-11-30 | link www.acme.io/run",
    ),
    ("Now 5k followers. You are the best!", "number 5k"),
    ("Mail hello@harbour.coffee or call +47 22 33 44 55.", ""),
    ("It was 30°C in the shade; iced tea helps.", "number 30°C"),
    (
        "Our 10th birthday party: cake at noon, music until 11 pm.",
        "number 10th | time 11 pm",
    ),
    ("Between 12 and 14 guests came.", "number 12 | number 14"),
    // German
    (
        "Heute gibt es frische Brötchen für 2,50 € bis 12 Uhr.",
        "price 2,50 € | time 12 Uhr",
    ),
    (
        "Unser Kurs startet am 12. Mai um 18.30 Uhr.",
        "date 12. Mai | time 18.30 Uhr",
    ),
    (
        "Wir sind am Freitag, 12.05., auf dem Markt.",
        "date Freitag | date 12.05.",
    ),
    (
        "Mit 1.000 Gästen feiern wir 25 Jahre.",
        "number 1.000 | number 25 Jahre",
    ),
    (
        "Neu bei uns: Kaffee von Anna Lindner aus Kenia.",
        "name Anna Lindner",
    ),
    ("Am 03.10.2026 haben wir geschlossen.", "date 03.10.2026"),
    (
        "Die Ausstellung ist von 9–17 Uhr geöffnet, Eintritt 5 Euro.",
        "time 9 | time 17 Uhr | price 5 Euro",
    ),
    ("Der Sommer ist da und die Terrasse ist offen.", ""),
    (
        "20 Prozent auf alles, nur im Dezember!",
        "number 20 Prozent | date Dezember",
    ),
    (
        "Jetzt anmelden unter kaffee-huber.de und mit uns feiern.",
        "link kaffee-huber.de",
    ),
    // French
    (
        "Rendez-vous vendredi à 18h30 à Lyon.",
        "date vendredi | time 18h30 | name Lyon",
    ),
    (
        "Le 14 juillet, nous sommes ouverts de 9h00 à 13h00.",
        "date 14 juillet | time 9h00 | time 13h00",
    ),
    (
        "Un café pour 2,50 € et un croissant pour 1 €.",
        "price 2,50 € | price 1 €",
    ),
    (
        "Plus de 1 000 visiteurs en mai : merci !",
        "number 1 000 | date mai",
    ),
    (
        "Profitez de 30 % de réduction jusqu'au 1er juin.",
        "number 30 % | date 1er juin",
    ),
    ("Le livre de Marie Dupont est arrivé.", "name Marie Dupont"),
    // Spanish
    (
        "El 12 de mayo de 2026 abrimos en Sevilla.",
        "date 12 de mayo de 2026 | name Sevilla",
    ),
    (
        "Cada viernes, café y tarta por 4,50 €.",
        "date viernes | price 4,50 €",
    ),
    (
        "Ahorra un 15 % hasta el 31 de diciembre.",
        "number 15 % | date 31 de diciembre",
    ),
    (
        "Más de 200 personas con Carmen Ruiz en Madrid.",
        "number 200 | name Carmen Ruiz | name Madrid",
    ),
    ("¡Hola! Hoy hay chocolate con churros.", ""),
    // Norwegian, Swedish
    (
        "Vi åpner kl. 10 på lørdag i Bergen.",
        "time 10 | date lørdag | name Bergen",
    ),
    (
        "Vinterbrent for 129 kr, bare i desember.",
        "price 129 kr | date desember",
    ),
    (
        "Kurs 12. mai kl. 18.30 med Ingrid Solberg.",
        "date 12. mai | time 18.30 | name Ingrid Solberg",
    ),
    ("Nå 129,- for en pose.", "price 129,-"),
    (
        "Vi ses på fredag i Göteborg, 50 kr i entré.",
        "date fredag | name Göteborg | price 50 kr",
    ),
    // Italian, Portuguese, Dutch
    (
        "Vi aspettiamo venerdì 3 aprile a Torino.",
        "date venerdì | date 3 aprile | name Torino",
    ),
    (
        "Só até 30 de junho: 10% em tudo.",
        "date 30 de junho | number 10%",
    ),
    (
        "Kom zaterdag naar Utrecht, vanaf 10 uur.",
        "date zaterdag | name Utrecht | time 10 uur",
    ),
    // Polish, Russian
    (
        "Zapraszamy 12 maja do Krakowa, wstęp 20 zł.",
        "date 12 maja | name Krakowa | price 20 zł",
    ),
    ("Ждём вас 12 мая в Москве.", "date 12 мая | name Москве"),
    // Japanese
    (
        "5月12日(金曜日)、渋谷店は9時から営業します。コーヒー500円。",
        "date 5月12日 | date 金曜日 | time 9時 | price 500円",
    ),
    ("今日もいい天気ですね。", ""),
    // Names, and what looks like one
    (
        "Say hi to Tom, our new barista from New York!",
        "name Tom | name New York",
    ),
    (
        "Yesterday we met the team of Blue Bottle in San Francisco.",
        "name Blue Bottle | name San Francisco",
    ),
    (
        "Great news: the Museum of Modern Art serves our coffee.",
        "name Museum of Modern Art",
    ),
    (
        "Congrats to Maria Garcia de Lopez on the award!",
        "name Maria Garcia de Lopez",
    ),
    (
        "Fun fact: Ethiopian coffee is older than Italian espresso.",
        "name Ethiopian | name Italian",
    ),
    ("Try it. Love it. Share it. Easy.", ""),
    ("Why wait? Because good things take time.", ""),
    (
        "Listen to “Winter Songs” by Nora Lund tonight.",
        "name Winter Songs | name Nora Lund",
    ),
    (
        "Our friends at Fjord Bakery bake for us on Sundays.",
        "name Fjord Bakery | date Sundays",
    ),
    (
        "Tea lovers, rejoice: Darjeeling is back.",
        "name Darjeeling",
    ),
    (
        "On Monday, Peter cooks. On Tuesday, Paul does.",
        "date Monday | name Peter | date Tuesday | name Paul",
    ),
    (
        "Ask Siri, Alexa or our Julia.",
        "name Siri | name Alexa | name Julia",
    ),
    ("Merry Christmas from all of us!", "name Christmas"),
    ("Happy New Year, Stavanger!", "name Stavanger"),
    (
        "Notre chef Paul Martin cuisine à Paris dimanche.",
        "name Paul Martin | name Paris | date dimanche",
    ),
    ("Takk for besøket, Kari Nordmann!", "name Kari Nordmann"),
    (
        "Nuestra tienda en Buenos Aires abre hoy.",
        "name Buenos Aires",
    ),
    (
        "Unsere Bäckerei liegt am Alten Markt in Köln.",
        "name Alten Markt",
    ),
    (
        "Danke an Thomas Müller und das ganze Team!",
        "name Thomas Müller",
    ),
    // Ranges, forms, traps
    (
        "Classes run 12–14 May, 9–11 am.",
        "date 12 | date 14 May | time 9 | time 11 am",
    ),
    ("Tickets €5–10 at the door.", "price €5 | price 10"),
    ("Sale starts 12/05/2026.", "date 12/05/2026"),
    (
        "Worth 1.000,50 € or 1,000.50 USD.",
        "price 1.000,50 € | price 1,000.50 USD",
    ),
    (
        "Breakfast at 9 locations across Norway.",
        "number 9 | name Norway",
    ),
    ("“Best flat white in town”, says Anna.", "name Anna"),
    ("Just 50 cents a cup! Honest.", "price 50 cents"),
    ("Version 2.4.1 is out. Enjoy!", "number 2.4.1"),
    (
        "Closed 24-December, back on 27/12.",
        "date 24-December | date 27/12",
    ),
    (
        "1/3 How we roast: a 12-week course by Ingrid Berg.",
        "number 12-week | name Ingrid Berg",
    ),
    ("1. Coffee\n2. Cake\n3. You", ""),
    ("- Bread at 7pm\n- Soup at 8pm", "time 7pm | time 8pm"),
    (
        "A 5-euro ticket for NASA's BIG EVENING in OSLO",
        "price 5-euro | name NASA's | name OSLO",
    ),
    (
        "2 out of 3 guests take a 5-course menu.",
        "number 2 | number 3 | number 5",
    ),
    ("3 Tips from Nora Lund", "number 3 | name Nora Lund"),
    (
        "Das 49-Euro-Ticket gilt bis 31/12.",
        "price 49-Euro | date 31/12",
    ),
    ("Vi møtes 24/12 i Tromsø!", "date 24/12 | name Tromsø"),
    ("Nos vemos el 5/6 en Madrid.", "date 5/6 | name Madrid"),
    (
        "Still 16/9, still sharp, still 1/2 the price.",
        "date 16/9 | number 1 | number 2",
    ),
];
