//! `/costs`, and the line about money in `/status`: computed from the clients' ledgers, in memory.

use std::sync::Arc;

use clara_actors::handle::Refusal;
use clara_domain::ids::ClientId;
use clara_domain::metering::{ledger_of, utc_day};
use clara_domain::money::MicroUsd;
use clara_domain::person::Right;
use clara_domain::pricing::budget::Period;
use clara_domain::pricing::{Month, Statement, Total};
use clara_domain::{Client, Rejection};

use super::Interactions;
use super::asked::Asker;
use super::run::Answer;
use super::trouble::Trouble;
use crate::discord::message::Message;
use crate::discord::picture;
use crate::discord::texts::costs::{self, Sheet};

impl Interactions {
    /// Whoever may manage a client sees what it costs; for all of them it takes the right from the team's own list.
    pub(super) fn costs(
        &self,
        asker: &Asker,
        id: Option<&ClientId>,
        month: Option<&str>,
    ) -> Answer {
        let clients = self.whose_costs(asker, id)?;
        let now = self.engine.now();
        let month = match month.map(str::parse) {
            None => Month::at(now),
            Some(Ok(month)) => month,
            Some(Err(clara_domain::pricing::NotAMonth(given))) => {
                return Err(Trouble::NoMonth(given));
            }
        };
        let prices = &self.options.prices;
        let mut whole = Statement::default();
        let mut each: Vec<(ClientId, Total)> = Vec::new();
        for client in &clients {
            let statement = Statement::of_month(&ledger_of(client), prices, month);
            if !statement.rows.is_empty() {
                each.push((client.id.clone(), statement.total()));
            }
            whole.join(statement);
        }
        each.sort_by_key(|(_, total)| std::cmp::Reverse(total.most()));
        let sheet = Sheet {
            client: id,
            month,
            statement: &whole,
            clients: each,
            budgets: self.spent_of(id, &clients, month),
        };
        let message = Message::text(costs::sheet(&sheet));
        if whole.rows.is_empty() {
            return Ok(vec![message]);
        }
        let name = format!("costs-{}-{month}.png", id.map_or("all", ClientId::as_str));
        Ok(vec![message.with_file(name, picture::month(&whole, month))])
    }

    fn whose_costs(
        &self,
        asker: &Asker,
        id: Option<&ClientId>,
    ) -> Result<Vec<Arc<Client>>, Trouble> {
        let right = Right::Manage;
        let (clients, may) = match id {
            Some(id) => {
                let client = self.client(id)?;
                let access = client.settings.as_ref().map(|settings| &settings.access);
                let may = access.is_some_and(|access| access.allows(&asker.person, right));
                (
                    vec![client],
                    may || self.options.team.allows(&asker.person, right),
                )
            }
            None => {
                let statuses = self.engine.clients().into_iter();
                let clients = statuses.filter_map(|status| status.client);
                (
                    clients.collect(),
                    self.options.team.allows(&asker.person, right),
                )
            }
        };
        if may {
            return Ok(clients);
        }
        let rejection = Rejection::NotAllowed { right };
        Err(Trouble::refused(
            Refusal::Rejected(rejection),
            clients.into_iter().next().filter(|_| id.is_some()),
            None,
        ))
    }

    /// The budgets that are for just these clients, of today and of the month that is shown.
    fn spent_of(
        &self,
        id: Option<&ClientId>,
        clients: &[Arc<Client>],
        month: Month,
    ) -> Vec<(Period, MicroUsd, MicroUsd)> {
        let today = utc_day(self.engine.now());
        let (budgets, prices) = (&self.options.budgets, &self.options.prices);
        let limit = match id {
            Some(id) => budgets.of(id),
            None => &budgets.all,
        };
        let periods = [
            (Period::Day(today), limit.day.filter(|_| month.has(today))),
            (Period::Month(month), limit.month),
        ];
        let spent = |period: Period| {
            let days = match period {
                Period::Day(day) => day..=day,
                Period::Month(month) => month.first()..=month.last(),
            };
            let each = clients.iter().map(|client| {
                clara_domain::pricing::most_spent(&ledger_of(client), prices, days.clone())
            });
            each.sum()
        };
        let set = periods
            .into_iter()
            .filter_map(|(period, limit)| Some((period, limit?)));
        set.map(|(period, limit)| (period, limit, spent(period)))
            .collect()
    }

    /// What everything cost today and this month.
    pub(super) fn spent_so_far(&self) -> String {
        let now = self.engine.now();
        let (today, month) = (utc_day(now), Month::at(now));
        let prices = &self.options.prices;
        let statuses = self.engine.clients().into_iter();
        let sums = statuses.filter_map(|status| status.client).fold(
            (Total::default(), Total::default()),
            |(day, whole), client| {
                let ledger = ledger_of(&client);
                let of_day = Statement::of_day(&ledger, prices, today).total();
                let of_month = Statement::of_month(&ledger, prices, month).total();
                (day + of_day, whole + of_month)
            },
        );
        costs::today_and_month(sums.0, sums.1)
    }
}
