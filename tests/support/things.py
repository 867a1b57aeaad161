"""
Customers, products and orders as they may occur.
"""

from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from posgo import Address, Customer, Order, OrderLine, OrderStatus, Product

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
names = texts.filter(str.strip)
maybe = st.none() | texts
amounts = st.none() | st.integers(-(10**9), 10**9).map(lambda ore: Decimal(ore).scaleb(-2))
quantities = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**6), max_value=10**6, places=3)
days = st.none() | st.dates(date(1900, 1, 1), date(2100, 1, 1))

addresses = st.builds(
    Address, line1=maybe, line2=maybe, zip_code=maybe, city=maybe, country=st.sampled_from(["NO", "SE", "dk"])
)
customers = st.builds(
    Customer,
    name=names,
    is_person=st.booleans(),
    first_name=maybe,
    last_name=maybe,
    organization_number=st.none() | st.integers(0, 10**9 - 1).map("{:09}".format),
    email=maybe,
    invoice_email=maybe,
    phone=maybe,
    address=st.none() | addresses,
    number=st.none() | st.integers(1, 10**9),
    is_vat_free=st.booleans(),
    archived=st.booleans(),
)
products = st.builds(
    Product,
    code=maybe,
    name=names,
    description=maybe,
    gtins=st.lists(texts, max_size=3),
    unit=maybe,
    price=amounts,
    cost=amounts,
    vat_code=maybe,
    group=maybe,
    images=st.lists(texts, max_size=3),
    archived=st.booleans(),
)
lines = st.builds(
    OrderLine,
    product=maybe,
    text=names,
    quantity=quantities,
    unit_price=amounts,
    discount_percent=st.decimals(-1000, 100, places=2),
    reference=maybe,
)
orders = st.builds(
    Order,
    customer=names,
    lines=st.lists(lines, max_size=3, unique_by=lambda line: line.reference or id(line)),
    status=st.sampled_from(OrderStatus),
    number=maybe,
    invoice_no=st.none() | st.integers(1, 10**9),
    credits=st.none() | st.integers(1, 10**9),
    invoiced_on=days,
    due_on=days,
    reference=maybe,
    purchase_order=maybe,
    note=maybe,
    ordered_on=days,
    delivered_on=days,
    department=maybe,
)
things = customers | products | orders
