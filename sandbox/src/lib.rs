//! A pretend outside world on real wire protocols: Discord, X and OpenAI, with faults and a web page.
